"""The end of blindness, and the invitation to write, as jobs."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import jobs
from common.events import OrderMoved, hears
from marvec.reviews import service
from marvec.reviews.service.inviting import INVITE
from marvec.reviews.service.writing import SHOW


@jobs.job(SHOW)
async def show(session: AsyncSession, *, order_id: str) -> None:
    await service.show_by_time(session, UUID(order_id))


@hears(OrderMoved, "reviews.on_order_moved")
async def on_order_moved(session: AsyncSession, event: OrderMoved) -> None:
    await service.invite_later(session, event)


@jobs.job(INVITE)
async def invite(session: AsyncSession, *, order_id: str) -> None:
    await service.invite(session, UUID(order_id))
