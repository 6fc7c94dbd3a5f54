"""Giving money back: our row and the ledger first, then (outbox) a reversal of the transfer if there was one, then the refund."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import outbox
from common.payments import queries
from common.payments.errors import NothingLeft, NotPaid
from common.payments.models import Intent, IntentState, PaymentPart, Pot, Refund
from common.payments.postings import Entries, commission_on, name_of, seller_of
from common.payments.service import returning
from common.payments.service.disputing import must_be_undisputed, share_losses, sources_of
from common.payments.service.ledger import born
from common.payments.service.telling import REFUND_FAILED, tell_of_refund


async def refund(session: AsyncSession, *, amount: int, reason: str, order_id: UUID | None = None, intent_id: UUID | None = None) -> Refund:
    """Give `amount` back to the payer: of one order's part, or of an intent's money that is not shared among orders.

    Raises NotPaid, NothingLeft (less than `amount` is left; two at once: one wins), PaymentInDispute (the bank gives it back, or has).
    """
    if order_id is not None:
        intent, part = await queries.part_with_lock(session, order_id)
        sources = await _sources_of_part(session, part, amount)
    else:
        assert intent_id is not None, "a refund is of an order or of an intent"
        intent, part = await queries.for_update(session, intent_id), None
        sources = await _sources_of_intent(session, intent, amount)
    await must_be_undisputed(session, intent)
    await _take(session, intent, part, amount)
    row = Refund(intent_id=intent.id, order_id=order_id, amount=amount, reason=reason, taken_from=_named(sources))
    await born(session, intent.book, row)
    if part is not None and part.released_at is not None:
        await returning.take_back(session, part, sources[seller_of(part.storefront_id)], refund_id=row.id)
    await outbox.enqueue(session, "payments.refund", refund_id=str(row.id))
    return row


async def failed(session: AsyncSession, intent: Intent, refund: Refund) -> None:
    """A refund of a payment (locked) has just failed: its money is where it came from, as far as a bank did not take it."""
    await _give_back_room(session, refund)
    await returning.give_back_of(session, refund_id=refund.id)
    await session.refresh(intent)
    await share_losses(session, intent)
    if refund.ours:
        await tell_of_refund(session, refund, REFUND_FAILED)


async def _give_back_room(session: AsyncSession, refund: Refund) -> None:
    """Its amount may be refunded again, if it was counted: ours was, and so is one of other hands that was assigned to an order."""
    if not refund.ours and refund.order_id is None:
        return
    await session.execute(update(Intent).where(col(Intent.id) == refund.intent_id).values(refunded=col(Intent.refunded) - refund.amount))
    if refund.order_id is not None:
        part = PaymentPart
        await session.execute(update(part).where(col(part.order_id) == refund.order_id).values(refunded=col(part.refunded) - refund.amount))


async def _take(session: AsyncSession, intent: Intent, part: PaymentPart | None, amount: int) -> None:
    """Count the amount as refunded, guarded in the statement itself; the CHECK of the table is the last word."""
    if intent.state != IntentState.SUCCEEDED:
        raise NotPaid
    row = Intent
    room = col(row.refunded) + col(row.lost) + amount <= col(row.amount)
    taken = await session.scalar(
        update(row).where(col(row.id) == intent.id, room).values(refunded=col(row.refunded) + amount).returning(col(row.id))
    )
    if amount <= 0 or taken is None:
        raise NothingLeft
    if part is not None:
        part.refunded += amount


async def _sources_of_part(session: AsyncSession, part: PaymentPart, amount: int) -> Entries:
    """Held money before the release; after it the seller's and the platform's, in the proportion in which they got it."""
    if not 0 < amount <= part.left:
        raise NothingLeft
    return sources_of(part, amount, commission_on(part, part.left) - commission_on(part, part.left - amount))


async def _sources_of_intent(session: AsyncSession, intent: Intent, amount: int) -> Entries:
    if intent.settled_to is not None:
        return {(Pot.OFFICE, intent.settled_to): amount}
    arrived = (Pot.ARRIVED, str(intent.id))
    if intent.state == IntentState.SUCCEEDED and await queries.balance(session, arrived) < amount:
        raise NothingLeft
    return {arrived: amount}


def _named(sources: Entries) -> dict[str, int]:
    return {name_of(key): amount for key, amount in sources.items() if amount}
