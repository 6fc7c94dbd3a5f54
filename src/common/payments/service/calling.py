"""What jobs do at the provider: read a row, call outside any lock with the row's id as key, join the answer. Each may run twice."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.db import unit_of_work
from common.payments import queries
from common.payments.errors import Declined, Refused
from common.payments.facts import AccountFact, Fact, IntentFact
from common.payments.models import (
    Book,
    Intent,
    IntentState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    SellerAccount,
    Transfer,
    TransferState,
)
from common.payments.provider import provider
from common.payments.service import accounts, opening
from common.payments.service.ledger import rise
from common.payments.service.merging import dismiss, merge, unpark
from common.payments.service.refunding import failed
from common.payments.service.returning import locked_transfer, merge_reversal
from common.payments.service.starting import order_of

log = structlog.get_logger(__name__)


async def close_at_provider(intent_id: UUID) -> None:
    """Cancel an intent that nobody wants any more. When it is too late the success is recorded instead."""
    async with unit_of_work() as session:
        intent = await queries.for_update(session, intent_id)
        if intent.state == IntentState.CREATED:
            await opening.record_closed(session, intent, "expired")
        if not intent.is_open:
            return
        intent.close_wanted_at = intent.close_wanted_at or clock.now()
    fact = await provider().cancel(await _ref_of(intent))
    async with unit_of_work() as session:
        await merge(session, fact)


async def send_transfer(transfer_id: UUID) -> None:
    """Pay a seller what an order left. Waits (does nothing) while the seller's account cannot receive, or a bank disputes the payment."""
    async with unit_of_work() as session:
        transfer = await session.get_one(Transfer, transfer_id)
        intent = await queries.by_id(session, transfer.intent_id)
        disputed = await queries.is_in_dispute(session, intent.id)
    if transfer.state == TransferState.SENT or disputed:
        return
    account = await accounts.account_of(transfer.storefront_id)
    if not await accounts.request_transfer(transfer_id, account):
        log.info("transfer_waits", transfer=str(transfer_id))
        return
    assert account.provider_account is not None
    assert intent.charge_ref is not None
    fact = await provider().transfer(
        key=transfer.id, account=account.provider_account, amount=transfer.amount, charge=intent.charge_ref, group=str(intent.id)
    )
    async with unit_of_work() as session:
        await merge(session, fact)


async def send_refund(refund_id: UUID) -> None:
    """Take the seller's share back first, then give the payer the money. A refusal for good puts the money back into its pots."""
    async with unit_of_work() as session:
        refund = await session.get_one(Refund, refund_id)
        intent = await queries.by_id(session, refund.intent_id)
        reversal = await queries.reversal_for(session, refund_id)
    if refund.state != RefundState.PENDING:
        return None
    if reversal is not None:
        await send_reversal(reversal.id)
    assert intent.charge_ref is not None
    try:
        fact = await provider().refund(intent.charge_ref, key=refund.id, amount=refund.amount)
    except (Refused, Declined) as refusal:
        return await _refund_failed(intent.id, refund.id, refusal)
    async with unit_of_work() as session:
        await merge(session, fact)
    return None


async def send_reversal(reversal_id: UUID) -> None:
    """Take money back from a seller's account. When it does not suffice the seller owes us: the ledger says so already.

    Waits (does nothing) while the transfer itself is on its way: a payer need not wait for a seller's account.
    """
    async with unit_of_work() as session:
        reversal = await session.get_one(Reversal, reversal_id)
        transfer = await session.get_one(Transfer, reversal.transfer_id)
    if reversal.state != ReversalState.PENDING or transfer.provider_ref is None:
        return
    try:
        fact = await provider().reverse(transfer.provider_ref, key=reversal.id, amount=reversal.amount)
    except Refused:
        async with unit_of_work() as session:
            transfer = await locked_transfer(session, transfer.id)
            await rise(session, Book.MARKET, await session.get_one(Reversal, reversal.id), ReversalState.FAILED)
        return
    async with unit_of_work() as session:
        await merge_reversal(session, await locked_transfer(session, transfer.id), fact)


async def look_at(kind: str, ref: str) -> None:
    """Read the present truth about a thing and join it; about an intent that somebody has paid, its refunds and disputes too."""
    facts = await _read(kind, ref)
    paid = {fact.payment for fact in facts if isinstance(fact, IntentFact) and fact.payment is not None}
    if kind != "intent":
        return
    for payment in paid:
        await _read("refunds_of", payment)
        await _read("disputes_of", payment)
        async with unit_of_work() as session:
            await unpark(session, payment)
    if not facts:
        async with unit_of_work() as session:
            await dismiss(session, ref)


async def _read(kind: str, ref: str) -> list[Fact]:
    """Fetch and join. Returns what concerned something of ours."""
    asked_at = clock.now()
    facts = await provider().fetch(kind, ref)
    async with unit_of_work() as session:
        return [fact for fact in facts if await _join(session, fact, asked_at)]


async def _join(session: AsyncSession, fact: Fact, asked_at: datetime) -> bool:
    return await (accounts.record(session, fact, read_at=asked_at) if isinstance(fact, AccountFact) else merge(session, fact))


async def open_account(storefront_id: UUID) -> SellerAccount:
    return await accounts.account_of(storefront_id)


async def _ref_of(intent: Intent) -> str:
    """The provider's id. When the answer to the creating call was lost, the same call with the same key gives it again."""
    if intent.provider_ref is None:
        intent.provider_ref = (await provider().create_payment(order_of(intent))).provider_ref
    return intent.provider_ref


async def _refund_failed(intent_id: UUID, refund_id: UUID, refusal: Refused | Declined) -> None:
    log.warning("refund_refused", refund=str(refund_id), why=str(refusal.params.get("why", refusal.code)))
    async with unit_of_work() as session:
        intent = await queries.for_update(session, intent_id)
        refund = await session.get_one(Refund, refund_id)
        if await rise(session, intent.book, refund, RefundState.FAILED):
            await failed(session, intent, refund)
