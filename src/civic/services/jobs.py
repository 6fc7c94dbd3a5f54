"""What the engine hears of payments and promises, files that wait for money, decisions that take effect, the opening of appointments."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import service
from civic.services.service import lateness
from civic.services.service.deciding import EFFECT
from civic.services.service.issuing import PURPOSE
from common.db import unit_of_work
from common.events import PaymentClosed, PaymentSucceeded, PromiseBroken, PromiseEscalated, PromiseNearsItsDay, hears
from common.jobs import every, job


@hears(PaymentSucceeded, "services.on_paid")
async def on_paid(session: AsyncSession, event: PaymentSucceeded) -> None:
    if event.purpose == PURPOSE:
        await service.on_paid(session, event.purpose_id, event.intent_id, event.amount)


@hears(PaymentClosed, "services.on_payment_closed")
async def on_payment_closed(session: AsyncSession, event: PaymentClosed) -> None:
    if event.purpose == PURPOSE:
        await service.on_payment_closed(session, event.purpose_id, event.intent_id)


@hears(PromiseNearsItsDay, "services.on_promise_near")
async def on_promise_near(session: AsyncSession, event: PromiseNearsItsDay) -> None:
    await lateness.on_near(session, event)


@hears(PromiseBroken, "services.on_promise_broken")
async def on_promise_broken(session: AsyncSession, event: PromiseBroken) -> None:
    await lateness.on_broken(session, event)


@hears(PromiseEscalated, "services.on_promise_escalated")
async def on_promise_escalated(session: AsyncSession, event: PromiseEscalated) -> None:
    await lateness.on_escalated(session, event)


@job(EFFECT)
async def take_effect(session: AsyncSession, *, decision_id: str) -> None:
    await service.take_effect(session, UUID(decision_id))


@every("services.pursue_fees", seconds=600)
async def pursue_fees() -> None:
    async with unit_of_work() as session:
        await service.pursue(session)


@every("services.open_slots", seconds=3600)
async def open_slots() -> None:
    async with unit_of_work() as session:
        await service.open_slots(session)
