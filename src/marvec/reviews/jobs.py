"""The end of blindness, as a job."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import jobs
from marvec.reviews import service
from marvec.reviews.service.writing import SHOW


@jobs.job(SHOW)
async def show(session: AsyncSession, *, order_id: str) -> None:
    await service.show_by_time(session, UUID(order_id))
