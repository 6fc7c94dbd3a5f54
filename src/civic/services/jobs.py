"""What the engine hears of payments, files that wait for money, and the opening of appointments."""

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import service
from civic.services.service.issuing import PURPOSE
from common.db import unit_of_work
from common.events import PaymentClosed, PaymentSucceeded, hears
from common.jobs import every


@hears(PaymentSucceeded, "services.on_paid")
async def on_paid(session: AsyncSession, event: PaymentSucceeded) -> None:
    if event.purpose == PURPOSE:
        await service.on_paid(session, event.purpose_id, event.intent_id, event.amount)


@hears(PaymentClosed, "services.on_payment_closed")
async def on_payment_closed(session: AsyncSession, event: PaymentClosed) -> None:
    if event.purpose == PURPOSE:
        await service.on_payment_closed(session, event.purpose_id, event.intent_id)


@every("services.pursue_fees", seconds=600)
async def pursue_fees() -> None:
    async with unit_of_work() as session:
        await service.pursue(session)


@every("services.open_slots", seconds=3600)
async def open_slots() -> None:
    async with unit_of_work() as session:
        await service.open_slots(session)
