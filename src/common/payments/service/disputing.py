"""What a bank takes back: merged like everything the provider tells, and, once it is lost, borne by those who were to have the money."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, events
from common.events import EvidenceSubmitted, PaymentDisputed
from common.payments import queries
from common.payments.errors import PaymentInDispute
from common.payments.facts import DisputeFact
from common.payments.models import Book, Dispute, DisputeState, Intent, PaymentPart, Pot
from common.payments.postings import (
    COMMISSION,
    Entries,
    Key,
    commission_on,
    difference,
    entries_of,
    held_by,
    in_proportion,
    name_of,
    seller_of,
)
from common.payments.service import returning
from common.payments.service.ledger import born, post, rise
from common.payments.service.telling import tell_of_unborne


@dataclass(frozen=True)
class BankWord:
    """What the payer's bank has said of a payment so far. `undecided`: it has still to decide; `shares`: what each order has lost and
    what is left of it, in rupiah."""

    undecided: bool
    shares: dict[UUID, tuple[int, int]]


async def bank_word(session: AsyncSession, intent_id: UUID) -> BankWord:
    """As it is now, and until the end of the transaction (the intent is locked)."""
    await queries.for_update(session, intent_id)
    parts = await queries.parts_of(session, intent_id)
    return BankWord(await queries.is_in_dispute(session, intent_id), {part.order_id: (part.lost, part.left) for part in parts})


async def must_be_undisputed(session: AsyncSession, intent: Intent) -> None:
    """Money of a payment (locked) on which a bank has still to decide stays where it is. Raises PaymentInDispute."""
    if await queries.is_in_dispute(session, intent.id):
        raise PaymentInDispute


async def merge_dispute(session: AsyncSession, intent: Intent, fact: DisputeFact) -> None:
    """Join what the provider says of a dispute with what is known; the intent is locked."""
    row = await session.scalar(select(Dispute).where(col(Dispute.provider_ref) == fact.ref).execution_options(populate_existing=True))
    fresh = row is None
    if row is None:
        row = Dispute(intent_id=intent.id, amount=fact.amount, provider_ref=fact.ref, state=DisputeState.OPENED)
        await born(session, intent.book, row)
    if _learn(row, fact):
        await events.publish(session, EvidenceSubmitted(intent.id, intent.purpose, intent.purpose_id, row.id))
    risen = await rise(session, intent.book, row, fact.state)
    if risen and row.state == DisputeState.LOST:
        await share_losses(session, intent)
        if row.unborne and row.shares:
            await tell_of_unborne(session, row)
    if risen and row.state == DisputeState.WON:
        await _lift(session, intent, row)
    if risen or fresh:
        await events.publish(session, PaymentDisputed(intent.id, intent.purpose, intent.purpose_id, row.amount, row.state, row.id))


async def share_losses(session: AsyncSession, intent: Intent) -> None:
    """Let those who were to have the money of a payment (locked) bear what banks took of it, as far as it is known who they are.

    Called whenever that may have changed; what is borne already stays as it is.
    """
    for dispute in await queries.disputes_of(session, intent.id):
        if dispute.unborne > 0 and dispute.assigned_at is None:
            await (_share_with_office if intent.book == Book.CITY else _share_with_orders)(session, intent, dispute)


async def bear(session: AsyncSession, intent: Intent, dispute: Dispute, sources: Entries, cause: str) -> None:
    """Let the pots `sources` give these amounts of a loss."""
    before = entries_of(dispute)
    borne = dict(dispute.borne_by)
    for key, amount in sources.items():
        borne[name_of(key)] = borne.get(name_of(key), 0) + amount
    dispute.borne_by = {name: amount for name, amount in borne.items() if amount}
    await post(session, intent.book, cause, difference(entries_of(dispute), before))


def sources_of(part: PaymentPart, amount: int, commission: int) -> Entries:
    """Where `amount` of an order's part is: held until the release; after it with the seller and, `commission` of it, the platform."""
    if part.released_at is None:
        return {held_by(part.order_id): amount}
    return {seller_of(part.storefront_id): amount - commission, COMMISSION: commission}


def _learn(row: Dispute, fact: DisputeFact) -> bool:
    """Words that no money hangs on. The later deadline counts, whatever message came first. True when it is news that evidence was sent."""
    row.reason = fact.reason or row.reason
    row.due_by = max((moment for moment in (row.due_by, fact.due_by) if moment), default=None)
    if not fact.answered or row.evidence_sent_at is not None:
        return False
    row.evidence_sent_at = clock.now()
    return True


async def _share_with_office(session: AsyncSession, intent: Intent, dispute: Dispute) -> None:
    amount = min(dispute.unborne, intent.left)
    if intent.settled_to is not None and amount > 0:
        intent.lost += amount
        _note(dispute, intent.settled_to, amount)
        await bear(session, intent, dispute, {(Pot.OFFICE, intent.settled_to): amount}, _cause(dispute))


async def _share_with_orders(session: AsyncSession, intent: Intent, dispute: Dispute) -> None:
    """Each order in proportion to what is left of it, to the rupiah."""
    parts = [part for part in await queries.parts_of(session, intent.id) if part.left > 0]
    amount = min(dispute.unborne, sum(part.left for part in parts))
    if amount <= 0:
        return
    intent.lost += amount
    sources: Counter[Key] = Counter()
    for part, share in zip(parts, in_proportion(amount, [part.left for part in parts]), strict=True):
        sources.update(await _take_from(session, dispute, part, share))
    await bear(session, intent, dispute, sources, _cause(dispute))


async def _take_from(session: AsyncSession, dispute: Dispute, part: PaymentPart, share: int) -> Entries:
    """One order's share, and out of which pots. What was paid on to the seller is asked back."""
    commission = commission_on(part, part.lost + share) - commission_on(part, part.lost)
    part.lost += share
    _note(dispute, str(part.order_id), share)
    if part.released_at is not None:
        await returning.take_back(session, part, share - commission, dispute_id=dispute.id)
    return sources_of(part, share, commission)


def _note(dispute: Dispute, whose: str, share: int) -> None:
    dispute.shares = dispute.shares | {whose: dispute.shares.get(whose, 0) + share}


def _cause(dispute: Dispute) -> str:
    """What was borne before is the number of this sharing: none is posted twice."""
    return f"share:{dispute.id}:{sum(dispute.borne_by.values())}"


async def _lift(session: AsyncSession, intent: Intent, dispute: Dispute) -> None:
    """What was lost is won after all: it can be released or refunded again, and what was taken back from sellers goes back to them."""
    intent.lost -= sum(dispute.shares.values())
    for part in await queries.parts_of(session, intent.id):
        part.lost -= dispute.shares.get(str(part.order_id), 0)
    await session.flush()
    await returning.give_back_of(session, dispute_id=dispute.id)
