"""The tokens for the door, which itself is no route (see door.py)."""

from litestar import Router, post

from common import guards
from common.actor import Actor
from common.live import tokens
from common.live.schemas import ConnectionToken


@post("/api/v1/live/tokens", guards=[guards.signed_in, guards.scope("live:connect")], tags=["live"])
async def issue_connection_token(actor: Actor) -> ConnectionToken:
    """A connection token of ten minutes for `/connection/websocket` (Centrifuge client protocol)."""
    token, expires_at = tokens.issue(actor)
    return ConnectionToken(token=token, expires_at=expires_at)


router = Router("/", route_handlers=[issue_connection_token])
