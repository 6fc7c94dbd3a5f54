"""JSON of identity under /api/v1."""

from litestar import Router

from common.identity.routes import grants, keys, people, sessions

router = Router(path="/api/v1", route_handlers=[*people.HANDLERS, *sessions.HANDLERS, *keys.HANDLERS, *grants.HANDLERS], tags=["identity"])
