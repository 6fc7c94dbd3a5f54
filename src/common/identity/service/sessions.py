"""Sessions of browsers: opened at sign-in, seen by one statement at each request, ended at once from any device.

Whatever ends a session or a token goes through `_end`, which tells the sockets.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, live
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.errors import NotFound
from common.identity import policy
from common.identity.models import ApiToken, PersonSession
from common.identity.service import keys


@dataclass(frozen=True)
class Client:
    """Where a request comes from: for throttling and the device list. `network` is the address, kept nowhere but as a keyed hash; `device`
    is a browser's cookie from before it signs in, `known` the one of where it has signed in before; empty without one."""

    network: str = ""
    user_agent: str = ""
    device: str = ""
    known: str = ""


async def open_session(
    session: AsyncSession, person_id: UUID, client: Client, *, second_factor_due: bool = False, proven: bool = True
) -> str:
    """A new session's token, for the cookie. `proven`: whether it was opened by a password or a factor."""
    token, token_hash = keys.new_token()
    row = PersonSession(
        person_id=person_id, token_hash=token_hash, device=policy.device_of(client.user_agent), second_factor_due=second_factor_due,
        proven_at=clock.now() if proven else None,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return token


async def rotate(session: AsyncSession, session_id: UUID) -> str:
    """The same session under a new token: what somebody may have caught before is worthless after."""
    token, token_hash = keys.new_token()
    values = {"token_hash": token_hash, "second_factor_due": False, "proven_at": clock.now()}
    await session.execute(update(PersonSession).where(col(PersonSession.id) == session_id).values(values))
    return token


async def sign_out(session: AsyncSession, actor: Actor) -> None:
    """End the session one is in; nothing to do for a token's."""
    if actor.session_id is not None:
        await _end(session, PersonSession, col(PersonSession.person_id) == actor.person_id, col(PersonSession.id) == actor.session_id)


async def revoke_session(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """Sign another of one's devices out. Effective with its next request; `NotFound` when it is not one's own."""
    mine = col(PersonSession.person_id) == actor.person_id, col(PersonSession.id) == session_id
    if not await _end(session, PersonSession, *mine):
        raise NotFound
    await happenings.record(session, actor.person_id, Happening.DEVICE_SIGNED_OUT)


async def revoke_token(session: AsyncSession, actor: Actor, token_id: UUID) -> None:
    """End a token of one's own; `NotFound` otherwise."""
    if not await _end(session, ApiToken, col(ApiToken.person_id) == actor.person_id, col(ApiToken.id) == token_id):
        raise NotFound
    await happenings.record(session, actor.person_id, Happening.TOKEN_REVOKED, token=str(token_id))


async def end_keys(session: AsyncSession, person_id: UUID, *, but: UUID | None = None) -> None:
    """End every session (or every other one) and every token: what lets somebody in has changed."""
    others = [col(PersonSession.id) != but] if but else []
    await _end(session, PersonSession, col(PersonSession.person_id) == person_id, *others)
    await _end(session, ApiToken, col(ApiToken.person_id) == person_id)


async def _end(session: AsyncSession, kind: type[PersonSession] | type[ApiToken], *which: ColumnElement[bool]) -> int:
    """End those that still stand, and close their sockets. -> how many."""
    ending = update(kind).where(col(kind.revoked_at).is_(None), *which).values(revoked_at=clock.now()).returning(col(kind.id))
    ended = list(await session.scalars(ending))
    for key in ended:
        await live.sign_out(session, key)
    return len(ended)
