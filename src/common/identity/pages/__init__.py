"""Pages of identity: coming in, one's account, roles."""

from litestar import Router

from common.identity.pages import account, contact, entering, forgotten, happenings, proving, roles, security

router = Router(
    path="/",
    route_handlers=[
        *entering.HANDLERS, *forgotten.HANDLERS, *account.HANDLERS, *contact.HANDLERS, *proving.HANDLERS, *security.HANDLERS,
        *happenings.HANDLERS, *roles.HANDLERS,
    ],
    include_in_schema=False,
)  # fmt: skip
