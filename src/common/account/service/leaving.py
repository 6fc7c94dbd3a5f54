"""Closing an account."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, personal
from common.account.errors import StillOpen
from common.actor import Actor
from common.audit import service as audit
from common.identity import queries as people
from common.identity import service as identity

UNREACHABLE = timedelta(days=30)
"""How long an account that lost its last address waits, for an operator to be asked, before it is closed."""


async def close_account(session: AsyncSession, actor: Actor, password: str) -> None:
    """End the account: nobody comes in any more, every room forgets what law and ledger let go; audit trail and ledger remain.

    Twice is once. Raises WrongPassword, Throttled, and StillOpen while something is under way; then nothing has happened.
    """
    if await identity.prove(session, actor, password) is None:
        return
    if await personal.hindrances_of(session, actor.person_id):
        raise StillOpen
    await personal.forget(session, actor.person_id)
    await identity.close_person(session, actor.person_id)
    await audit.record(session, actor, "account.closed", subject_kind="person", subject_id=actor.person_id)


async def lost_accounts(session: AsyncSession) -> list[UUID]:
    """Those whose last address was proven by somebody else, long enough ago."""
    return list(await people.unreachable_since(session, clock.now() - UNREACHABLE))


async def close_lost(session: AsyncSession, person_id: UUID) -> bool:
    """Close one of them, unless something in it is under way or somebody has found the way back. -> whether it is closed."""
    person = await people.for_update(session, person_id)
    if person.closed_at or person.unreachable_since is None or await personal.hindrances_of(session, person_id):
        return False
    await personal.forget(session, person_id)
    await identity.close_person(session, person_id)
    await audit.record(session, None, "account.closed", subject_kind="person", subject_id=person_id)
    return True
