"""Where the money goes after it arrived: held for orders, released to sellers, settled to an office."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, outbox
from common.payments import queries
from common.payments.errors import AlreadySettled, NotPaid, PartsDoNotFit, WrongBook
from common.payments.models import Book, Intent, IntentState, PaymentPart, Transfer, TransferState
from common.payments.postings import commission_on, entries_of, holding, releasing, seller_of
from common.payments.service.disputing import must_be_undisputed, share_losses
from common.payments.service.ledger import born, post, post_change


@dataclass(frozen=True)
class Part:
    """What one order gets of a payment; `commission` is the platform's share of `amount`. Whole rupiah."""

    order_id: UUID
    storefront_id: UUID
    amount: int
    commission: int


async def hold_for_sellers(session: AsyncSession, intent_id: UUID, parts: Sequence[Part]) -> None:
    """Money that arrived is held for each order. A second call changes nothing.

    Raises NotPaid, WrongBook, PartsDoNotFit (their sum is not what arrived, or other parts were held before), AlreadySettled (refunded).
    """
    intent = await _arrived(session, intent_id, Book.MARKET)
    known = set(await session.scalars(select(col(PaymentPart.order_id)).where(col(PaymentPart.intent_id) == intent_id)))
    if known == {part.order_id for part in parts} and known:
        return
    if known or sum(part.amount for part in parts) != intent.amount:
        raise PartsDoNotFit
    if intent.refunded:
        raise AlreadySettled
    for part in sorted(parts, key=lambda one: one.order_id):
        row = PaymentPart(
            order_id=part.order_id, intent_id=intent_id, storefront_id=part.storefront_id, amount=part.amount, commission=part.commission
        )
        session.add(row)
        await post(session, intent.book, f"hold:{part.order_id}", holding(row))
    await share_losses(session, intent)


async def release(session: AsyncSession, *, order_id: UUID) -> None:
    """What is left of an order's money goes to seller and platform, and on its way to the seller's account. Once; then nothing happens.

    Raises PaymentInDispute while a bank has still to decide on the payment.
    """
    intent, part = await queries.part_with_lock(session, order_id)
    if part.released_at is not None:
        return
    await must_be_undisputed(session, intent)
    part.released_at = clock.now()
    part.released_amount, part.released_commission = part.left, commission_on(part, part.left)
    await post(session, intent.book, f"release:{order_id}", releasing(part))
    owed = await queries.locked_balance(session, seller_of(part.storefront_id)) + await queries.coming_back(session, part.storefront_id)
    amount = max(0, min(owed, part.released_amount - part.released_commission))  # a debt is netted here
    state = TransferState.PENDING if amount else TransferState.SENT
    transfer = Transfer(order_id=order_id, intent_id=intent.id, storefront_id=part.storefront_id, amount=amount, state=state)
    await born(session, intent.book, transfer)
    if amount:
        await outbox.enqueue(session, "payments.transfer", transfer_id=str(transfer.id))


async def settle_fee(session: AsyncSession, intent_id: UUID, office: str) -> None:
    """A city fee that arrived becomes the office's own. Once. Raises NotPaid, WrongBook, AlreadySettled (elsewhere, or refunded)."""
    intent = await _arrived(session, intent_id, Book.CITY)
    if intent.settled_to == office:
        return
    if intent.settled_to is not None or intent.refunded:
        raise AlreadySettled
    before = entries_of(intent)
    intent.settled_to = office
    await post_change(session, intent, f"settle:{intent_id}", before)
    await share_losses(session, intent)


async def _arrived(session: AsyncSession, intent_id: UUID, book: Book) -> Intent:
    intent = await queries.for_update(session, intent_id)
    if intent.book != book:
        raise WrongBook
    if intent.state != IntentState.SUCCEEDED:
        raise NotPaid
    return intent
