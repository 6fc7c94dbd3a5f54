"""Timers and jobs of identity. Importing the service also registers its letters with the worker."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.db import unit_of_work
from common.identity.service import challenges, codes, on_record, passkeys, throttling, ways_back
from common.jobs import every, job


@job(on_record.JOB)
async def put_on_record(session: AsyncSession, *, person_id: str | None, at: str, device: str, step: str) -> None:
    await on_record.put_on_record(session, UUID(person_id) if person_id else None, datetime.fromisoformat(at), device, step)


@job(passkeys.CLONED_JOB)
async def tell_cloned(session: AsyncSession, *, passkey_id: str) -> None:
    """A passkey was refused for its counter; in a transaction of its own, as the refusal undid the one it was in."""
    await passkeys.tell_cloned(session, UUID(passkey_id))


@every("identity.forget_throttles", seconds=3600)
async def forget_throttles() -> None:
    await throttling.forget_old()
    await challenges.forget_over()


@every("identity.forget_addresses", seconds=3600)
async def forget_addresses() -> None:
    """Those in codes and ways back that lead nowhere any more."""
    async with unit_of_work() as session:
        await codes.forget_old(session)
        await ways_back.forget_over(session)
