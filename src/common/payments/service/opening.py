"""Opening and closing of intents, on our side."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events, ids, outbox
from common.events import PaymentClosed, PaymentSucceeded
from common.live import tell
from common.payments import queries
from common.payments.errors import AlreadyOpen, AlreadyPaid, AmountNotPayable
from common.payments.models import Intent, IntentState, Purpose
from common.payments.postings import entries_of
from common.payments.provider import provider
from common.payments.service.ledger import post_change

OPEN_INTENT = text("SELECT open_payment_intent(:id, :payer, :purpose, :purpose_id, :amount, :until, :at)").bindparams(
    bindparam("until", type_=DateTime(timezone=True)), bindparam("at", type_=DateTime(timezone=True))
)


def check_payable(amount: int) -> None:
    """Raises AmountNotPayable for what the provider would refuse: ask where an amount is set, not where somebody wants to pay it."""
    rail = provider().capabilities()
    if not rail.minimum <= amount <= rail.maximum:
        raise AmountNotPayable(rail.minimum, rail.maximum)


async def check_unpaid(session: AsyncSession, intent_id: UUID) -> None:
    """Raises AlreadyPaid when the money of this intent is here. Its lock is held: until the commit nobody hears of its money."""
    if (await queries.for_update(session, intent_id)).state == IntentState.SUCCEEDED:
        raise AlreadyPaid


async def replace_intent(session: AsyncSession, intent_id: UUID, *, amount: int, expires_at: datetime) -> UUID:
    """The open intent of a purpose is to be of another amount: -> the id of the one that stands for it now.

    It is a new one at once when the provider does not know the old one. Else it is the old one, which is being closed at the provider:
    who hears that it closed (PaymentClosed) opens the new one, and if it was paid after all (PaymentSucceeded, of the old amount) gives
    the money back first. Two intents of one purpose are never open together, so nobody pays twice.
    """
    old = await queries.for_update(session, intent_id)
    if old.is_open and old.amount == amount:
        return old.id
    await cancel_intent(session, intent_id)
    await session.flush()
    if old.is_open:
        return old.id
    return (
        await open_intent(
            session, payer_id=old.payer_id, purpose=old.purpose, purpose_id=old.purpose_id, amount=amount, expires_at=expires_at
        )
    ).id


async def open_intent(
    session: AsyncSession, *, payer_id: UUID, purpose: str, purpose_id: UUID, amount: int, expires_at: datetime
) -> Intent:
    """A row of ours, no provider call. The open intent of the same purpose is returned when it has the same amount.

    Raises AlreadyOpen when it has another, AlreadyPaid when the purpose's money is here.
    """
    wanted = Purpose(purpose)
    if await queries.is_paid(session, wanted, purpose_id):
        raise AlreadyPaid
    # The SQL function of migration 0005: a parameter in ON CONFLICT's WHERE would no longer name the index once a plan is generic.
    given = {
        "id": ids.uuid7(), "payer": payer_id, "purpose": wanted.value, "purpose_id": purpose_id, "amount": amount,
        "until": expires_at, "at": clock.now(),
    }  # fmt: skip
    await session.execute(OPEN_INTENT, given)
    found = await queries.open_of(session, wanted, purpose_id)
    if found is None or found.amount != amount or found.payer_id != payer_id:
        raise AlreadyOpen
    return found


async def cancel_intent(session: AsyncSession, intent_id: UUID) -> None:
    """Close an open intent: at once when the provider does not know it, else by asking the provider (it may have been paid meanwhile).

    Nothing happens to one that has ended.
    """
    intent = await queries.for_update(session, intent_id)
    if not intent.is_open:
        return None
    if intent.state == IntentState.CREATED:
        return await record_closed(session, intent, "cancelled")
    intent.close_wanted_at = intent.close_wanted_at or clock.now()
    await outbox.enqueue(session, "payments.close", intent_id=str(intent.id))
    return None


async def record_closed(session: AsyncSession, intent: Intent, because: str) -> None:
    """The intent (locked) ended without money. No news when it has ended before."""
    if not intent.is_open:
        return
    intent.move_to(IntentState.CLOSED, by=None, because=because)
    await events.publish(session, PaymentClosed(intent.id, intent.purpose, intent.purpose_id))
    await show(session, intent)


async def record_succeeded(session: AsyncSession, intent: Intent) -> bool:
    """The money of the intent (locked) is here. False when that was known."""
    if intent.state == IntentState.SUCCEEDED:
        return False
    before = entries_of(intent)
    if intent.state == IntentState.CREATED:
        intent.move_to(IntentState.STARTED, by=None)
        await session.flush()
    intent.move_to(IntentState.SUCCEEDED, by=None)
    await post_change(session, intent, f"capture:{intent.id}", before)
    await events.publish(session, PaymentSucceeded(intent.id, intent.purpose, intent.purpose_id, intent.amount))
    await show(session, intent)
    return True


async def show(session: AsyncSession, intent: Intent) -> None:
    """Tell whoever looks at the payment's page."""
    await tell(session, f"payment:{intent.id}", {"kind": "payment", "id": str(intent.id), "state": str(intent.state)})
