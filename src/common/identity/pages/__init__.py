"""Pages of identity: coming in, one's account, roles."""

from litestar import Router

from common.identity.pages import account, entering, forgotten, happenings, roles, security

router = Router(
    path="/",
    route_handlers=[*entering.HANDLERS, *forgotten.HANDLERS, *account.HANDLERS, *security.HANDLERS, *happenings.HANDLERS, *roles.HANDLERS],
    include_in_schema=False,
)
