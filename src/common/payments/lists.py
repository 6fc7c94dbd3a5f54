"""What an operator reads: pots, transactions, messages. Keyset lists, one query a page."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.payments.models import InboxState, LedgerAccount, LedgerEntry, LedgerTransaction, WebhookMessage
from common.payments.schemas import BalanceOut, BookOut, EntryOut, MessageOut, PotOut, TransactionOut
from common.web.paging import Page, after, keys_of, page_of

POTS, TRANSACTIONS, MESSAGES = "ledger:pots", "ledger:transactions", "webhooks:newest"


async def balance(session: AsyncSession) -> BalanceOut:
    """The whole ledger in a few lines."""
    rows = await session.execute(
        text("""SELECT a.book, a.kind, sum(e.amount)::bigint FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
                GROUP BY a.book, a.kind ORDER BY a.book, a.kind""")
    )
    kinds = [BookOut(book=book, kind=kind, amount=amount) for book, kind, amount in rows]
    count = await session.scalar(select(func.count()).select_from(LedgerTransaction))
    return BalanceOut(sum=sum(one.amount for one in kinds), transactions=count or 0, kinds=kinds)


async def pots(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[PotOut]:
    """Every pot with what is in it, newest pot first."""
    row = LedgerAccount
    inside = select(func.coalesce(func.sum(col(LedgerEntry.amount)), 0)).where(col(LedgerEntry.account_id) == col(row.id)).scalar_subquery()
    query = after(select(row, inside), [col(row.id)], keys_of(POTS, cursor), descending=True)
    found = list(await session.execute(query.limit(limit + 1)))
    return page_of(found, limit, POTS, lambda pair: (pair[0].id,), _pot)


async def transactions(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[TransactionOut]:
    """Movements of money with their entries, newest first."""
    row = LedgerTransaction
    query = after(select(row), [col(row.id)], keys_of(TRANSACTIONS, cursor), descending=True)
    found = list(await session.scalars(query.limit(limit + 1)))
    entries = await _entries(session, found)
    return page_of(found, limit, TRANSACTIONS, lambda one: (one.id,), lambda one: _transaction(one, entries[one.id]))


async def unmerged(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many messages of the provider wait to be read, and since when the oldest does."""
    waiting = select(func.count(), func.min(col(WebhookMessage.received_at))).where(col(WebhookMessage.state) == InboxState.WAITING)
    count, oldest = (await session.execute(waiting)).one()
    return count, oldest


async def messages(session: AsyncSession, *, cursor: str | None, limit: int, state: str = "") -> Page[MessageOut]:
    """The provider's messages, newest first, of one state or of all."""
    row = WebhookMessage
    query = select(row).where(col(row.state) == state) if state else select(row)
    query = after(query, [col(row.received_at), col(row.event_id)], keys_of(MESSAGES, cursor), descending=True)
    found = list(await session.scalars(query.limit(limit + 1)))
    return page_of(found, limit, MESSAGES, lambda one: (one.received_at, one.event_id), MessageOut.of)


async def _entries(session: AsyncSession, found: list[LedgerTransaction]) -> dict[Any, list[EntryOut]]:
    query = select(col(LedgerEntry.transaction_id), LedgerAccount, col(LedgerEntry.amount)).join(
        LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id)
    )
    ids = [one.id for one in found]
    grouped: dict[Any, list[EntryOut]] = {id_: [] for id_ in ids}
    for id_, pot, amount in await session.execute(query.where(col(LedgerEntry.transaction_id).in_(ids)).order_by(col(LedgerEntry.amount))):
        grouped[id_].append(EntryOut(kind=pot.kind, owner=pot.owner, amount=amount))
    return grouped


def _pot(pair: Any) -> PotOut:
    pot, inside = pair
    return PotOut(id=pot.id, book=pot.book, kind=pot.kind, owner=pot.owner, balance=inside)


def _transaction(one: LedgerTransaction, entries: list[EntryOut]) -> TransactionOut:
    return TransactionOut(id=one.id, book=one.book, kind=one.kind, cause=one.cause, at=one.at, entries=entries)
