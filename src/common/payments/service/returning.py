"""Transfers to sellers and what is taken back of them, as the provider tells it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import outbox
from common.payments import queries
from common.payments.facts import ReversalFact, TransferFact
from common.payments.models import Book, PaymentPart, Reversal, ReversalState, Transfer, TransferState
from common.payments.service.ledger import born, rise


async def merge_transfer(session: AsyncSession, fact: TransferFact) -> bool:
    """A transfer was made; its reversals took money back. False when it is not ours."""
    transfer = await _locked(session, fact)
    if transfer is None:
        return False
    transfer.provider_ref = fact.ref
    await rise(session, Book.MARKET, transfer, TransferState.SENT)
    for one in fact.reversals:
        await merge_reversal(session, transfer, one)
    return True


async def merge_reversal(session: AsyncSession, transfer: Transfer, fact: ReversalFact) -> None:
    """Money came back from the seller (the transfer's intent is locked)."""
    row = await _reversal(session, fact)
    if row is None:
        row = Reversal(transfer_id=transfer.id, storefront_id=transfer.storefront_id, amount=fact.amount, state=ReversalState.PENDING)
        await born(session, Book.MARKET, row)
    row.provider_ref = fact.ref
    await rise(session, Book.MARKET, row, ReversalState.DONE)
    await session.flush()
    await _give_back_if_void(session, row)


async def take_back(
    session: AsyncSession, part: PaymentPart, wanted: int, *, refund_id: UUID | None = None, dispute_id: UUID | None = None
) -> None:
    """Ask the seller's account for `wanted`, as far as it was transferred for this order; what it lacks the seller owes."""
    transfer = await queries.transfer_of(session, part.order_id)
    if transfer is None or (dispute_id is not None and await queries.reversals_of(session, dispute_id=dispute_id, transfer_id=transfer.id)):
        return
    amount = min(wanted, transfer.amount - await queries.reversed_of(session, transfer.id))
    if amount <= 0:
        return
    row = Reversal(transfer_id=transfer.id, storefront_id=part.storefront_id, refund_id=refund_id, dispute_id=dispute_id, amount=amount)
    await born(session, Book.MARKET, row)
    if dispute_id is not None:
        await outbox.enqueue(session, "payments.reverse", reversal_id=str(row.id))


async def give_back_of(session: AsyncSession, *, refund_id: UUID | None = None, dispute_id: UUID | None = None) -> None:
    """A refund failed, or a lost dispute was won after all: what was taken back for it goes to the seller again, once."""
    for row in await queries.reversals_of(session, refund_id=refund_id, dispute_id=dispute_id):
        await rise(session, Book.MARKET, row, ReversalState.FAILED)  # should it have been done all the same, it says so and goes back
        await _give_back_if_void(session, row)


async def locked_transfer(session: AsyncSession, transfer_id: UUID) -> Transfer:
    """A transfer under the lock of its intent."""
    transfer = await session.get(Transfer, transfer_id)
    assert transfer is not None
    await queries.for_update(session, transfer.intent_id)
    await session.refresh(transfer)
    return transfer


async def _give_back_if_void(session: AsyncSession, row: Reversal) -> None:
    """A transfer of its own for a reversal that was done for nothing. The whole of it: debts are netted from the next release."""
    if row.state != ReversalState.DONE or not await queries.is_void(session, row):
        return
    before = await session.get_one(Transfer, row.transfer_id)
    if await queries.given_back(session, row.id):
        return
    back = Transfer(
        order_id=before.order_id, intent_id=before.intent_id, storefront_id=row.storefront_id, reversal_id=row.id, amount=row.amount
    )
    await born(session, Book.MARKET, back)
    await outbox.enqueue(session, "payments.transfer", transfer_id=str(back.id))


async def _locked(session: AsyncSession, fact: TransferFact) -> Transfer | None:
    mine = col(Transfer.id) == fact.ours if fact.ours else col(Transfer.provider_ref) == fact.ref
    found = await session.scalar(select(col(Transfer.id)).where(mine))
    return None if found is None else await locked_transfer(session, found)


async def _reversal(session: AsyncSession, fact: ReversalFact) -> Reversal | None:
    mine = col(Reversal.id) == fact.ours if fact.ours else col(Reversal.provider_ref) == fact.ref
    found: Reversal | None = await session.scalar(select(Reversal).where(mine).execution_options(populate_existing=True))
    return found
