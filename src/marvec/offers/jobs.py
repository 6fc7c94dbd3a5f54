"""The timer of an open offer."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import jobs
from marvec.offers import service
from marvec.offers.service.making import EXPIRE


@jobs.job(EXPIRE)
async def expire(session: AsyncSession, *, offer_id: str) -> None:
    await service.expire(session, UUID(offer_id))
