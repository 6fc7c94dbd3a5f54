"""Transfers to sellers and what is taken back of them, as the provider tells it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.payments import queries
from common.payments.facts import ReversalFact, TransferFact
from common.payments.models import Book, Reversal, ReversalState, Transfer, TransferState
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


async def locked_transfer(session: AsyncSession, transfer_id: UUID) -> Transfer:
    """A transfer under the lock of its intent."""
    transfer = await session.get(Transfer, transfer_id)
    assert transfer is not None
    await queries.for_update(session, transfer.intent_id)
    await session.refresh(transfer)
    return transfer


async def _locked(session: AsyncSession, fact: TransferFact) -> Transfer | None:
    mine = col(Transfer.id) == fact.ours if fact.ours else col(Transfer.provider_ref) == fact.ref
    found = await session.scalar(select(col(Transfer.id)).where(mine))
    return None if found is None else await locked_transfer(session, found)


async def _reversal(session: AsyncSession, fact: ReversalFact) -> Reversal | None:
    mine = col(Reversal.id) == fact.ours if fact.ours else col(Reversal.provider_ref) == fact.ref
    found: Reversal | None = await session.scalar(select(Reversal).where(mine).execution_options(populate_existing=True))
    return found
