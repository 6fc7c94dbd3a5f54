"""Closing an account."""

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from common.account.errors import StillOpen
from common.actor import Actor
from common.audit import service as audit
from common.identity import service as identity


async def close_account(session: AsyncSession, actor: Actor, password: str) -> None:
    """End the account: nobody comes in any more, every room forgets what law and ledger let go; audit trail and ledger remain.

    Twice is once. Raises WrongPassword, Throttled, and StillOpen while something is under way; then nothing has happened.
    """
    if await identity.prove(session, actor, password) is None:
        return
    if await personal.hindrances_of(session, actor.person_id):
        raise StillOpen
    await personal.forget(session, actor.person_id)
    await identity.close_person(session, actor)
    await audit.record(session, actor, "account.closed", subject_kind="person", subject_id=actor.person_id)
