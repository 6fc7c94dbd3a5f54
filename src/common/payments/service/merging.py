"""Facts into rows: each is a join with what is known, under the lock of its intent, so the order of arrival does not matter.

`merge` says whether the fact concerned anything of ours. What a fact cannot tell (LookAt) is read at the provider by a job.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, outbox
from common.payments import queries, stuck
from common.payments.facts import AccountFact, DisputeFact, Fact, IntentFact, LookAt, PayoutFact, RefundFact, TransferFact
from common.payments.models import (
    Book,
    InboxState,
    Intent,
    IntentState,
    Payout,
    PayoutState,
    Pot,
    Refund,
    RefundState,
    SellerAccount,
    WebhookMessage,
)
from common.payments.postings import PLATFORM, name_of
from common.payments.service import accounts, opening
from common.payments.service.disputing import merge_dispute
from common.payments.service.ledger import born, rise
from common.payments.service.refunding import failed
from common.payments.service.returning import merge_transfer
from common.payments.service.telling import BY_OTHER_HANDS, tell_of_refund


class WrongAmount(Exception):
    """The provider took another amount than we asked for: somebody must look."""


async def merge(session: AsyncSession, fact: Fact) -> bool:
    """Join one fact. False when it is about nothing of ours."""
    return await JOINS[type(fact)](session, fact)


async def unpark(session: AsyncSession, payment: str) -> None:
    """Messages that named a payment before we knew it as ours are read now."""
    row = WebhookMessage
    waiting = update(row).where(col(row.about) == payment, col(row.state) == InboxState.PARKED).values(state=InboxState.WAITING)
    for event_id in await session.scalars(waiting.returning(col(row.event_id))):
        await outbox.enqueue(session, "payments.merge", event_id=event_id)


async def dismiss(session: AsyncSession, payment: str) -> None:
    """The provider says that a payment is none of ours: so are the messages about it."""
    row = WebhookMessage
    about = update(row).where(col(row.about) == payment, col(row.state) == InboxState.PARKED)
    await session.execute(about.values(state=InboxState.IGNORED, done_at=clock.now()))


async def _account(session: AsyncSession, fact: AccountFact) -> bool:
    return await accounts.record(session, fact, read_at=clock.now())


async def _look(session: AsyncSession, fact: LookAt) -> bool:
    known = await queries.by_provider_ref(session, fact.ref) if fact.kind == "intent" else None
    if known is None or known.charge_ref is None:
        await outbox.enqueue(session, "payments.look", kind=fact.kind, ref=fact.ref)
    return True


async def _intent(session: AsyncSession, fact: IntentFact) -> bool:
    intent = await _locked(session, fact.payment or fact.ref or "", fact.ours)
    if intent is None:
        return False
    intent.provider_ref = intent.provider_ref or fact.ref
    if fact.payment is not None and fact.payment != intent.payment_ref:
        intent.payment_ref = fact.payment
        await unpark(session, fact.payment)
    intent.last_error = intent.last_error if fact.error is None else fact.error
    if fact.state == IntentState.SUCCEEDED:
        if fact.amount != intent.amount:
            raise WrongAmount(f"{fact.payment}: {fact.amount} instead of {intent.amount}")
        intent.charge_ref = fact.charge or intent.charge_ref
        await opening.record_succeeded(session, intent)
    elif fact.state == IntentState.CLOSED:
        await _page_closed(session, intent, fact)
    elif intent.is_open and intent.may_move_to(fact.state):
        intent.move_to(fact.state, by=None)
        await opening.show(session, intent)
    return True


async def _page_closed(session: AsyncSession, intent: Intent, fact: IntentFact) -> None:
    """The payment ends with its page at the provider, but where the payer has longer than a page stands: then only the page does."""
    if fact.ref is not None and fact.ref != intent.provider_ref:
        return  # a page before
    if intent.close_wanted_at is None and clock.now() < intent.expires_at and (intent.page_ends_first() or intent.started_at is None):
        intent.forget_page()
    else:
        await opening.record_closed(session, intent, "closed at the provider")


async def _refund(session: AsyncSession, fact: RefundFact) -> bool:
    known = await _known_refund(session, fact)
    intent = await queries.for_update(session, known.intent_id) if known else await _of_ref(session, fact.intent)
    if intent is None:
        return False
    row = await _known_refund(session, fact)
    if row is None:
        row = _by_other_hands(intent.id, fact)
        await born(session, intent.book, row)
        await tell_of_refund(session, row, BY_OTHER_HANDS)
    row.provider_ref = fact.ref
    if await rise(session, intent.book, row, fact.state) and fact.state == RefundState.FAILED:
        await failed(session, intent, row)
    await opening.show(session, intent)
    return True


async def _dispute(session: AsyncSession, fact: DisputeFact) -> bool:
    intent = await _of_ref(session, fact.intent)
    if intent is None:
        return False
    await merge_dispute(session, intent, fact)
    return True


async def _payout(session: AsyncSession, fact: PayoutFact) -> bool:
    owner = PLATFORM
    if fact.account is not None:
        found = await session.scalar(select(col(SellerAccount.storefront_id)).where(col(SellerAccount.provider_account) == fact.account))
        if found is None:
            return False
        owner = str(found)
    new = Payout(owner=owner, amount=fact.amount, provider_ref=fact.ref, state=PayoutState.PENDING)
    await session.execute(insert(Payout).values(new.model_dump()).on_conflict_do_nothing(index_elements=["provider_ref"]))
    row = await session.scalar(select(Payout).where(col(Payout.provider_ref) == fact.ref).with_for_update())
    assert row is not None
    await rise(session, Book.MARKET, row, fact.state)
    return True


async def _locked(session: AsyncSession, ref: str, ours: UUID | None) -> Intent | None:
    """Our intent by the id that we gave, or by the provider's; locked."""
    if ours is not None:
        return await session.get(Intent, ours, with_for_update=True, populate_existing=True)
    known = await queries.by_provider_ref(session, ref)
    return None if known is None else await queries.for_update(session, known.id)


async def _of_ref(session: AsyncSession, ref: str) -> Intent | None:
    """The intent that a message names. One that we cannot find yet is looked at: its own words may say that it is ours."""
    intent = await _locked(session, ref, None) if ref else None
    if intent is None and ref:
        await stuck.enqueue_unless_waiting(session, "payments.look", kind="intent", ref=ref)
    return intent


async def _known_refund(session: AsyncSession, fact: RefundFact) -> Refund | None:
    mine = col(Refund.id) == fact.ours if fact.ours else col(Refund.provider_ref) == fact.ref
    found: Refund | None = await session.scalar(select(Refund).where(mine).execution_options(populate_existing=True))
    return found


def _by_other_hands(intent_id: UUID, fact: RefundFact) -> Refund:
    """A refund that somebody made at the provider: the platform bears it until an operator decides."""
    pots = {name_of((Pot.UNPLANNED, str(intent_id))): fact.amount}
    return Refund(intent_id=intent_id, amount=fact.amount, provider_ref=fact.ref, taken_from=pots, reason="at the provider", ours=False)


JOINS: dict[type[Any], Callable[[AsyncSession, Any], Awaitable[bool]]] = {
    IntentFact: _intent,
    RefundFact: _refund,
    TransferFact: merge_transfer,
    DisputeFact: _dispute,
    PayoutFact: _payout,
    AccountFact: _account,
    LookAt: _look,
}
