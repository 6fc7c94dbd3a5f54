"""Signing in and out, devices."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.identity import cookies, queries, service
from common.identity.dependencies import client_of, remembered
from common.identity.schemas import MakeToken, SessionOut, SignedIn, SignIn
from common.web.csrf import token_for


@post("/sessions", guards=[guards.public])
async def sign_in(request: Request[Any, Any, Any], session: AsyncSession, data: SignIn) -> Response[SignedIn]:
    """Sets the session's cookie; with `token: true` the answer also carries an API token with `scopes` (`*`: all that the person may).

    A new account has no tokens before its address is confirmed; `confirmation`, the code that was sent there, does both at once.
    """
    client = client_of(request)
    entered = await service.sign_in_whole(session, data.address, data.password, client, code=data.code, confirmation=data.confirmation)
    token = None
    if data.token:
        _, token = await service.open_token(session, entered.person.id, MakeToken(name=data.name, scopes=data.scopes, days=30))
    session_id = await service.session_id_of(session, entered.token)
    body = SignedIn(
        session_id=session_id, person_id=entered.person.id, name=entered.person.name, token=token, form_token=token_for(entered.token)
    )
    return Response(body, status_code=201, cookies=[cookies.session_cookie(entered.token), remembered(client, entered.person.id)])


@get("/sessions", guards=[guards.signed_in, guards.scope("account:read")])
async def devices(session: AsyncSession, actor: Actor) -> list[SessionOut]:
    """Where one is signed in."""
    rows = await queries.devices_of(session, actor.person_id)
    return [
        SessionOut(id=r.id, device=r.device, created_at=r.created_at, last_seen_at=r.last_seen_at, current=r.id == actor.session_id)
        for r in rows
    ]


@delete("/sessions/current", guards=[guards.own_session], status_code=204)
async def sign_out(session: AsyncSession, actor: Actor) -> Response[None]:
    """End this session."""
    await service.sign_out(session, actor)
    return Response(None, status_code=204, cookies=[cookies.no_session()])


@delete("/sessions/{session_id:uuid}", guards=[guards.own_session])
async def revoke(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """Sign another device out, at once."""
    await service.revoke_session(session, actor, session_id)


HANDLERS = [sign_in, devices, sign_out, revoke]
