"""Does the ledger say what the rows say? The ledger is a function of the rows, so any difference is a fault.

And do the rows say what the provider says? Compared once a day, and whenever an operator wants it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor
from common.audit import service as audit
from common.db import Table, unit_of_work
from common.i18n import N_
from common.payments import queries, stuck
from common.payments.models import (
    BOOKS,
    Book,
    CheckState,
    Dispute,
    Intent,
    PaymentPart,
    Payout,
    ProviderCheck,
    ProviderDifference,
    Refund,
    Reversal,
    Transfer,
)
from common.payments.postings import Key, entries_of
from common.payments.service.comparing import SECOND_LOOK, Comparison, compare_with_provider
from common.payments.service.telling import tell_operators

OF_MARKET: tuple[type[Table], ...] = (PaymentPart, Transfer, Reversal, Payout)
BATCH = 1000
DAILY, LOOK_BACK = timedelta(days=1), timedelta(days=100)  # banks dispute for about 90 days
log = structlog.get_logger(__name__)


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


async def want_provider_check(session: AsyncSession, actor: Actor | None) -> None:
    """Have our rows compared with the provider's soon; one that is wanted already is enough."""
    new = ProviderCheck(since=clock.now() - LOOK_BACK)
    await session.execute(insert(ProviderCheck).values(new.model_dump()).on_conflict_do_nothing())
    if actor is not None:
        await audit.record(session, actor, "payments.provider_check", subject_kind="ledger", subject_id="provider")


async def do_wanted_check(*, pause: float = SECOND_LOOK) -> None:
    """Do the comparison that is wanted, if one is: because an operator asked, or because a day has passed. Raises ProviderAway."""
    async with unit_of_work() as session:
        last = await queries.last_provider_check(session)
        if (last is None or last.wanted_at < clock.now() - DAILY) and await stuck.anything_at_provider(session):
            await want_provider_check(session, None)
        wanted = await queries.wanted_provider_check(session)
    if wanted is not None:
        found = await compare_with_provider(wanted.since, pause=pause)
        async with unit_of_work() as session:
            await _keep(session, wanted.id, found)


async def _keep(session: AsyncSession, check_id: UUID, found: Comparison) -> None:
    check = await session.get_one(ProviderCheck, check_id, with_for_update=True)
    if check.state == CheckState.DONE:
        return
    check.state, check.done_at = CheckState.DONE, clock.now()
    check.compared, check.differences = found.compared, len(found.found)
    session.add_all(
        ProviderDifference(check_id=check.id, kind=one.kind, ref=one.ref, ours=one.ours, theirs=one.theirs) for one in found.found
    )
    if found.found:
        log.error("provider_differs", differences=len(found.found))
        words = N_("Catatan kami dan penyedia pembayaran berbeda pada %(n)s hal. Periksa segera.")
        await tell_operators(session, words, {"n": len(found.found)}, f"/operator/penyedia/{check.id}")


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
