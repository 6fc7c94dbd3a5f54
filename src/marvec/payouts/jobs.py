"""What sellers hear of their account and their money."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events
from common.jobs import job
from marvec.payouts import service


@events.hears(events.SellerAccountChanged, "payouts.on_account_changed")
async def on_account_changed(session: AsyncSession, event: events.SellerAccountChanged) -> None:
    await service.tell_account(session, event)


@events.hears(events.OrderMoved, "payouts.on_order_moved")
async def on_order_moved(session: AsyncSession, event: events.OrderMoved) -> None:
    if event.state == "completed":
        await service.remind_if_waiting(session, event.storefront_id)


@events.hears(events.PersonConfirmed, "payouts.on_person_confirmed")
async def on_person_confirmed(session: AsyncSession, event: events.PersonConfirmed) -> None:
    await service.send_what_waited(session, event.person_id)


@job(service.REMIND)
async def remind(session: AsyncSession, *, storefront_id: str) -> None:
    await service.remind(session, UUID(storefront_id))
