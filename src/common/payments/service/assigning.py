"""Money that only an operator can place: refunds by other hands, refunds that failed, losses that nobody bears or can pay.

Once, with a reason. The decision is written on the row that it is about, so that the ledger stays a function of the rows: should a refund
that was assigned fail later, whoever bore it has the money again.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor
from common.audit import service as audit
from common.events import PaymentReassigned
from common.payments import queries
from common.payments.errors import AlreadyAssigned, CannotBear, NothingLeft, NothingToAssign
from common.payments.models import Dispute, DisputeState, Intent, PaymentPart, Pot, Refund, RefundState
from common.payments.models.flows import Assigned
from common.payments.postings import PLATFORM, Entries, Key, commission_on, difference, entries_of, name_of, parse, seller_of
from common.payments.service import returning
from common.payments.service.disputing import bear, sources_of
from common.payments.service.holding import release
from common.payments.service.ledger import post
from common.payments.service.refunding import refund as give_back

LOSSES = (Pot.LOSSES, PLATFORM)


class Bearer(StrEnum):
    ORDER = "order"  # an order of the payment, as if it had been refunded or lost there: its seller, and the commission in proportion
    OFFICE = "office"  # the office that has the fee
    LOSSES = "losses"  # the platform
    AGAIN = "again"  # a failed refund is tried once more
    SELLER = "seller"  # a failed refund is not tried again: what is held goes on to the seller


@dataclass(frozen=True)
class Decision:
    """`order_id` says which order bears it, for `Bearer.ORDER`."""

    bearer: Bearer
    reason: str
    order_id: UUID | None = None


async def assign_refund(session: AsyncSession, actor: Actor, refund_id: UUID, decision: Decision) -> Refund:
    """A refund by other hands is borne by whom the operator says; one of ours that failed is made again, or its money goes to the seller.

    Raises NoSuchPayment, NothingToAssign, AlreadyAssigned, CannotBear, NothingLeft, PaymentInDispute; then nothing has happened.
    """
    refund = await queries.refund_by_id(session, refund_id)
    intent = await queries.for_update(session, refund.intent_id)
    await session.refresh(refund)
    _must_be_open(refund)
    if refund.ours:
        await _settle_failed(session, refund, decision)
    else:
        await _place(session, intent, refund, decision)
    await _decided(session, actor, refund, decision)
    await events.publish(session, PaymentReassigned(intent.id, intent.purpose, intent.purpose_id))
    return refund


async def assign_loss(session: AsyncSession, actor: Actor, dispute_id: UUID, decision: Decision) -> Dispute:
    """What of a lost dispute nobody bears is borne by whom the operator says; and what a seller bears but cannot pay, by the platform.

    Raises NoSuchPayment, NothingToAssign, AlreadyAssigned, CannotBear; then nothing has happened.
    """
    dispute = await queries.dispute_by_id(session, dispute_id)
    intent = await queries.for_update(session, dispute.intent_id)
    await session.refresh(dispute)
    _must_be_open(dispute)
    if dispute.state != DisputeState.LOST:
        raise NothingToAssign
    sources = await _of_unborne(session, intent, dispute, decision) if dispute.unborne else await _of_debts(session, dispute, decision)
    await bear(session, intent, dispute, sources, f"assign:{dispute.id}")
    await _decided(session, actor, dispute, decision)
    return dispute


async def owed_of(session: AsyncSession, dispute: Dispute) -> int:
    """What sellers were to bear of a lost dispute and still owe, in rupiah; 0 when that was decided before."""
    if dispute.state != DisputeState.LOST or dispute.assigned_at is not None or dispute.unborne:
        return 0
    return -sum((await _debts(session, dispute)).values())


def _must_be_open(row: Assigned) -> None:
    if row.assigned_at is not None:
        raise AlreadyAssigned


async def _settle_failed(session: AsyncSession, refund: Refund, decision: Decision) -> None:
    if refund.state != RefundState.FAILED:
        raise NothingToAssign
    if decision.bearer is Bearer.AGAIN:
        where = {"order_id": refund.order_id} if refund.order_id else {"intent_id": refund.intent_id}
        await give_back(session, amount=refund.amount, reason=decision.reason, **where)
    elif decision.bearer is Bearer.SELLER and refund.order_id is not None:
        await release(session, order_id=refund.order_id)
    else:
        raise CannotBear


async def _place(session: AsyncSession, intent: Intent, refund: Refund, decision: Decision) -> None:
    """The refund takes from other pots from now on; what has failed took from none."""
    if refund.state == RefundState.FAILED:
        raise NothingToAssign
    before = entries_of(refund)
    sources = await _of_refund(session, intent, refund, decision)
    refund.taken_from = {name_of(key): amount for key, amount in sources.items() if amount}
    await post(session, intent.book, f"assign:{refund.id}", difference(entries_of(refund), before))


async def _of_refund(session: AsyncSession, intent: Intent, refund: Refund, decision: Decision) -> Entries:
    if decision.bearer is Bearer.LOSSES:
        return {LOSSES: refund.amount}
    if decision.bearer is Bearer.OFFICE and intent.settled_to is not None:
        return {(Pot.OFFICE, intent.settled_to): refund.amount}
    part = await _part(session, intent, decision)
    if refund.amount > min(part.left, intent.left):
        raise NothingLeft
    sources = sources_of(part, refund.amount, commission_on(part, part.left) - commission_on(part, part.left - refund.amount))
    part.refunded += refund.amount
    intent.refunded += refund.amount
    refund.order_id = part.order_id
    await session.flush()
    if part.released_at is not None:
        await returning.take_back(session, part, sources[seller_of(part.storefront_id)], refund_id=refund.id)
    return sources


async def _of_unborne(session: AsyncSession, intent: Intent, dispute: Dispute, decision: Decision) -> Entries:
    """Nothing is left of any order, or it would bear it already: the seller of the named one owes it."""
    if decision.bearer is Bearer.LOSSES:
        return {LOSSES: dispute.unborne}
    if decision.bearer is Bearer.OFFICE and intent.settled_to is not None:
        return {(Pot.OFFICE, intent.settled_to): dispute.unborne}
    return {seller_of((await _part(session, intent, decision)).storefront_id): dispute.unborne}


async def _of_debts(session: AsyncSession, dispute: Dispute, decision: Decision) -> Entries:
    """What sellers were to bear and still owe goes to the platform's losses: not more than their debts of today."""
    if decision.bearer is not Bearer.LOSSES:
        raise CannotBear
    moved = await _debts(session, dispute)
    written_off = -sum(moved.values())
    if not written_off:
        raise NothingToAssign
    return moved | {LOSSES: written_off}


async def _debts(session: AsyncSession, dispute: Dispute) -> dict[Key, int]:
    """By seller's pot: what of the loss is not paid, as a negative amount. What is being taken back right now pays itself."""
    found: dict[Key, int] = {}
    for key, amount in sorted((parse(name), amount) for name, amount in dispute.borne_by.items()):
        if key[0] is Pot.SELLER:
            owed = -await queries.locked_balance(session, key) - await queries.coming_back(session, UUID(key[1]))
            found[key] = -max(0, min(owed, amount))
    return found


async def _part(session: AsyncSession, intent: Intent, decision: Decision) -> PaymentPart:
    if decision.bearer is not Bearer.ORDER:
        raise CannotBear
    part = next((part for part in await queries.parts_of(session, intent.id) if part.order_id == decision.order_id), None)
    if part is None:
        raise CannotBear
    return part


async def _decided(session: AsyncSession, actor: Actor, row: Assigned, decision: Decision) -> None:
    row.assigned_at, row.assigned_by, row.assigned_because = clock.now(), actor.person_id, decision.reason
    about = {"amount": row.amount, "bearer": decision.bearer, "order": decision.order_id, "reason": decision.reason}
    await audit.record(session, actor, "payments.assign", subject_kind=row.KIND, subject_id=row.id, **about)
