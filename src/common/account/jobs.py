"""The download is put together outside of the request; expired ones go."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import jobs
from common.account import service
from common.account.service.exporting import ASSEMBLE
from common.db import unit_of_work


@jobs.job(ASSEMBLE, heavy=True)
async def assemble(session: AsyncSession, *, export_id: str) -> None:
    await service.assemble(session, UUID(export_id))


@jobs.every("account.drop_expired", seconds=3600)
async def drop_expired() -> None:
    async with unit_of_work() as session:
        await service.drop_expired(session)


@jobs.every("account.close_lost", seconds=86400)
async def close_lost() -> None:
    """One transaction for each: one that cannot be closed hinders no other."""
    async with unit_of_work() as session:
        lost = await service.lost_accounts(session)
    for person_id in lost:
        async with unit_of_work() as session:
            await service.close_lost(session, person_id)
