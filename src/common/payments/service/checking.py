"""Does the ledger say what the rows say? The ledger is a function of the rows, so any difference is a fault."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.db import Table
from common.payments import queries
from common.payments.models import BOOKS, Book, Dispute, Intent, PaymentPart, Payout, Refund, Reversal, Transfer
from common.payments.postings import Key, entries_of

OF_MARKET: tuple[type[Table], ...] = (PaymentPart, Transfer, Reversal, Payout)
BATCH = 1000


@dataclass(frozen=True)
class Difference:
    """A pot (or "sum" of a book) that holds something else than it should; whole rupiah."""

    book: str
    pot: str
    expected: int
    actual: int


async def ledger_check(session: AsyncSession) -> list[Difference]:
    """All differences between the ledger and the rows; empty when all is well. Reads everything: for doctor, demo and tests."""
    expected, actual = await expected_balances(session), await queries.balances(session)
    found = [
        Difference(book, f"{key[0]}:{key[1]}", expected.get((book, key), 0), actual.get((book, key), 0))
        for book, key in sorted({*expected, *actual})
        if expected.get((book, key), 0) != actual.get((book, key), 0)
    ]
    sums = Counter[str]()
    for (book, _), amount in actual.items():
        sums[book] += amount
    return found + [Difference(book, "sum", 0, total) for book, total in sums.items() if total]


async def expected_balances(session: AsyncSession) -> queries.Balances:
    """What the rows alone say is in every pot; empty pots are left out."""
    total: Counter[tuple[str, Key]] = Counter()
    books: dict[object, Book] = {}
    async for intent in await session.stream_scalars(select(Intent).execution_options(yield_per=BATCH)):
        books[intent.id] = BOOKS[intent.purpose]
        _add(total, BOOKS[intent.purpose], intent)
    for kind in OF_MARKET:
        async for row in await session.stream_scalars(select(kind).execution_options(yield_per=BATCH)):
            _add(total, Book.MARKET, row)
    async for refund in await session.stream_scalars(select(Refund).execution_options(yield_per=BATCH)):
        _add(total, books[refund.intent_id], refund)
    async for dispute in await session.stream_scalars(select(Dispute).execution_options(yield_per=BATCH)):
        _add(total, books[dispute.intent_id], dispute)
    return {where: amount for where, amount in total.items() if amount}


def _add(total: "Counter[tuple[str, Key]]", book: Book, row: object) -> None:
    for (kind, owner), amount in entries_of(row).items():
        total[str(book), (kind, owner)] += amount
