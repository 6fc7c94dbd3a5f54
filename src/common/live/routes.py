"""The door, and the tokens for it."""

from litestar import Router, asgi, post
from litestar.types import Receive, Scope, Send

from common import guards
from common.actor import Actor
from common.live import tokens
from common.live.door import door
from common.live.schemas import ConnectionToken


@post("/api/v1/live/tokens", guards=[guards.signed_in, guards.scope("live:connect")], tags=["live"])
async def issue_connection_token(actor: Actor) -> ConnectionToken:
    """A connection token of ten minutes for `/connection/websocket` (Centrifuge client protocol)."""
    token, expires_at = tokens.issue(actor)
    return ConnectionToken(token=token, expires_at=expires_at)


@asgi("/connection/websocket", guards=[guards.public], copy_scope=False)
async def connection(scope: Scope, receive: Receive, send: Send) -> None:
    """The socket; who comes without session or token is closed with 3500."""
    await door(scope, receive, send)


router = Router("/", route_handlers=[issue_connection_token, connection])
