"""What is told of the limit, once a month each: the outbox key says so, however many buyers come."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events, outbox
from common.jobs import job
from marvec.orders import queries as orders
from marvec.selling import queries, service

TURNED_AWAY, NEARLY_FULL = "selling.tell_turned_away", "selling.tell_nearly_full"


@events.hears(events.SaleTurnedAway, "selling.on_sale_turned_away")
async def on_sale_turned_away(session: AsyncSession, event: events.SaleTurnedAway) -> None:
    await _once_a_month(session, TURNED_AWAY, event.seller_id, event.on.replace(day=1))


@events.hears(events.OrderMoved, "selling.on_order_moved")
async def on_order_moved(session: AsyncSession, event: events.OrderMoved) -> None:
    """A paid order counts for good: is the limit near?"""
    if event.state != "paid":
        return
    seller_id = (await orders.by_id(session, event.order_id)).seller_id
    standing = await queries.standing_of(session, seller_id)
    if standing.is_near:
        await _once_a_month(session, NEARLY_FULL, seller_id, clock.today().replace(day=1))


@job(TURNED_AWAY)
async def tell_turned_away(session: AsyncSession, *, person_id: str, month: str) -> None:
    await service.tell_turned_away(session, UUID(person_id))


@job(NEARLY_FULL)
async def tell_nearly_full(session: AsyncSession, *, person_id: str, month: str) -> None:
    await service.tell_nearly_full(session, UUID(person_id), date.fromisoformat(month))


async def _once_a_month(session: AsyncSession, name: str, person_id: UUID, month: date) -> None:
    await outbox.enqueue(session, name, key=f"{name}:{person_id}:{month}", person_id=str(person_id), month=month.isoformat())
