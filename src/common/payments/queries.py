"""Reads, and every lock. Order of locks: the intent first, then what hangs on it, then the seller's account."""

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.payments.errors import NoSuchPayment
from common.payments.models import Intent, IntentState, LedgerAccount, LedgerEntry, PaymentPart, Purpose, Refund, Reversal, ReversalState, Transfer
from common.payments.models.intents import OPEN
from common.payments.postings import Key

Balances = dict[tuple[str, Key], int]


async def by_id(session: AsyncSession, intent_id: UUID) -> Intent:
    found = await session.get(Intent, intent_id)
    if found is None:
        raise NoSuchPayment
    return found


async def for_update(session: AsyncSession, intent_id: UUID) -> Intent:
    """The intent, locked and as it is now: whatever concerns its money waits here for one another."""
    found: Intent | None = await session.get(Intent, intent_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchPayment
    return found


async def by_provider_ref(session: AsyncSession, ref: str) -> Intent | None:
    found: Intent | None = await session.scalar(select(Intent).where(col(Intent.provider_ref) == ref))
    return found


async def of_purpose(session: AsyncSession, purpose: Purpose, purpose_id: UUID) -> Intent | None:
    """The intent that counts for a purpose: the open or succeeded one, else the newest."""
    query = select(Intent).where(col(Intent.purpose) == purpose, col(Intent.purpose_id) == purpose_id)
    live = col(Intent.state) != IntentState.CLOSED
    found: Intent | None = await session.scalar(query.order_by(live.desc(), col(Intent.id).desc()).limit(1))
    return found


async def open_of(session: AsyncSession, purpose: Purpose, purpose_id: UUID) -> Intent | None:
    query = select(Intent).where(col(Intent.purpose) == purpose, col(Intent.purpose_id) == purpose_id, col(Intent.state).in_(OPEN))
    found: Intent | None = await session.scalar(query)
    return found


async def is_paid(session: AsyncSession, purpose: Purpose, purpose_id: UUID) -> bool:
    """Whether money for the purpose is here and has not all been given back."""
    row = Intent
    query = select(col(row.id)).where(col(row.purpose) == purpose, col(row.purpose_id) == purpose_id, col(row.state) == IntentState.SUCCEEDED)
    return await session.scalar(query.where(col(row.refunded) < col(row.amount)).limit(1)) is not None


async def part_with_lock(session: AsyncSession, order_id: UUID) -> tuple[Intent, PaymentPart]:
    """An order's part under the lock of its intent. Raises NoSuchPayment."""
    intent_id = await session.scalar(select(col(PaymentPart.intent_id)).where(col(PaymentPart.order_id) == order_id))
    if intent_id is None:
        raise NoSuchPayment
    intent = await for_update(session, intent_id)
    part = await session.get(PaymentPart, order_id, populate_existing=True)
    assert part is not None
    return intent, part


async def transfer_of(session: AsyncSession, order_id: UUID) -> Transfer | None:
    found: Transfer | None = await session.scalar(select(Transfer).where(col(Transfer.order_id) == order_id))
    return found


async def reversed_of(session: AsyncSession, transfer_id: UUID) -> int:
    """What was, or is being, taken back of a transfer."""
    row = Reversal
    query = select(func.coalesce(func.sum(col(row.amount)), 0))
    return int(await session.scalar(query.where(col(row.transfer_id) == transfer_id, col(row.state) != ReversalState.FAILED)) or 0)


async def balance(session: AsyncSession, key: Key) -> int:
    """What is in a pot, in whole rupiah."""
    query = select(func.coalesce(func.sum(col(LedgerEntry.amount)), 0)).join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
    return int(await session.scalar(query.where(col(LedgerAccount.kind) == key[0], col(LedgerAccount.owner) == key[1])) or 0)


async def locked_balance(session: AsyncSession, key: Key) -> int:
    """The same, while nobody else may decide on it; the sum is a statement of its own and sees what the last holder committed."""
    lock = select(col(LedgerAccount.id)).where(col(LedgerAccount.kind) == key[0], col(LedgerAccount.owner) == key[1])
    await session.execute(lock.with_for_update(key_share=True))
    return await balance(session, key)


async def balances(session: AsyncSession) -> Balances:
    """All pots that are not empty: (book, (kind, owner)) -> whole rupiah."""
    rows = await session.execute(
        text("""SELECT a.book, a.kind, a.owner, sum(e.amount)::bigint FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
                GROUP BY a.id HAVING sum(e.amount) <> 0 ORDER BY a.book, a.kind, a.owner""")
    )
    return {(book, (kind, owner)): amount for book, kind, owner, amount in rows}


async def refunds_of(session: AsyncSession, intent_id: UUID) -> list[Refund]:
    return list(await session.scalars(select(Refund).where(col(Refund.intent_id) == intent_id).order_by(col(Refund.id))))
