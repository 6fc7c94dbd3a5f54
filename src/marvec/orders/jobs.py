"""Timers and payments, as jobs."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events, jobs
from marvec.orders import service
from marvec.orders.machine import OrderState
from marvec.orders.service.complaints import ANSWER_TIME_OUT
from marvec.orders.service.writing import TIME_OUT

PURPOSE = "order_group"


@jobs.job(TIME_OUT)
async def time_out(session: AsyncSession, *, order_id: str, state: str) -> None:
    await service.time_out(session, UUID(order_id), OrderState(state))


@jobs.job(ANSWER_TIME_OUT)
async def answer_time_out(session: AsyncSession, *, order_id: str) -> None:
    await service.end_of_answering(session, UUID(order_id))


@events.hears(events.PaymentSucceeded, "orders.on_payment_succeeded")
async def on_payment_succeeded(session: AsyncSession, event: events.PaymentSucceeded) -> None:
    if event.purpose == PURPOSE:
        await service.receive_payment(session, intent_id=event.intent_id, group_id=event.purpose_id, amount=event.amount)


@events.hears(events.PaymentDisputed, "orders.on_payment_disputed")
async def on_payment_disputed(session: AsyncSession, event: events.PaymentDisputed) -> None:
    if event.purpose == PURPOSE:
        await service.follow_bank(session, event.purpose_id)
        await service.receive_late(session, group_id=event.purpose_id)


@events.hears(events.PaymentReassigned, "orders.on_payment_reassigned")
async def on_payment_reassigned(session: AsyncSession, event: events.PaymentReassigned) -> None:
    if event.purpose == PURPOSE:
        await service.follow_bank(session, event.purpose_id)


@events.hears(events.EvidenceSubmitted, "orders.on_evidence_submitted")
async def on_evidence_submitted(session: AsyncSession, event: events.EvidenceSubmitted) -> None:
    if event.purpose == PURPOSE:
        await service.tell_of_evidence(session, event.purpose_id)


@events.hears(events.EvidenceDue, "orders.on_evidence_due")
async def on_evidence_due(session: AsyncSession, event: events.EvidenceDue) -> None:
    if event.purpose == PURPOSE:
        await service.remind_of_evidence(session, event.purpose_id, event.due_by)


@events.hears(events.PaymentClosed, "orders.on_payment_closed")
async def on_payment_closed(session: AsyncSession, event: events.PaymentClosed) -> None:
    if event.purpose == PURPOSE:
        await service.close_payment(session, group_id=event.purpose_id)
