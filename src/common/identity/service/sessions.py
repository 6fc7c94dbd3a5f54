"""Sessions of browsers: opened at sign-in, seen by one statement at each request, ended at once from any device."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Update, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, live
from common.actor import Actor
from common.audit import happenings
from common.audit.happenings import Happening
from common.errors import NotFound
from common.identity import policy
from common.identity.models import PersonSession
from common.identity.service import keys


@dataclass(frozen=True)
class Client:
    """Where a request comes from: for throttling and the device list. `network` is the address, kept nowhere but as a keyed hash; `device`
    is a browser's cookie from before it signs in, empty without one."""

    network: str = ""
    user_agent: str = ""
    device: str = ""


async def open_session(session: AsyncSession, person_id: UUID, client: Client, *, second_factor_due: bool = False) -> str:
    """A new session's token, for the cookie."""
    token, token_hash = keys.new_token()
    device = policy.device_of(client.user_agent)
    session.add(PersonSession(person_id=person_id, token_hash=token_hash, device=device, second_factor_due=second_factor_due))
    await session.flush()
    return token


async def rotate(session: AsyncSession, session_id: UUID) -> str:
    """The same session under a new token: what somebody may have caught before is worthless after."""
    token, token_hash = keys.new_token()
    values = {"token_hash": token_hash, "second_factor_due": False}
    await session.execute(update(PersonSession).where(col(PersonSession.id) == session_id).values(values))
    return token


async def sign_out(session: AsyncSession, actor: Actor) -> None:
    """End the session one is in; nothing to do for a token's."""
    if actor.session_id is not None:
        await live.sign_out(session, actor.session_id)
        await session.execute(_standing(actor.person_id).where(col(PersonSession.id) == actor.session_id).values(revoked_at=clock.now()))


async def revoke_session(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """Sign another of one's devices out. Effective with its next request; `NotFound` when it is not one's own."""
    ended = _standing(actor.person_id).where(col(PersonSession.id) == session_id).values(revoked_at=clock.now())
    found = await session.execute(ended.returning(col(PersonSession.id)))
    if found.scalar_one_or_none() is None:
        raise NotFound
    await happenings.record(session, actor.person_id, Happening.DEVICE_SIGNED_OUT)
    await live.sign_out(session, session_id)


async def revoke_all(session: AsyncSession, person_id: UUID, *, but: UUID | None = None) -> None:
    """Sign the person out everywhere, or everywhere else."""
    statement = _standing(person_id)
    if but is not None:
        statement = statement.where(col(PersonSession.id) != but)
    for ended in await session.scalars(statement.values(revoked_at=clock.now()).returning(col(PersonSession.id))):
        await live.sign_out(session, ended)


def _standing(person_id: UUID) -> Update:
    return update(PersonSession).where(col(PersonSession.person_id) == person_id, col(PersonSession.revoked_at).is_(None))
