"""Do we and the provider see the same? Its lists are walked page by page and held against our rows, and our rows against what was seen.

What is under way is no difference: things younger than `YOUNG` are left out, and what differs is looked at a second time after a pause.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.db import Table, unit_of_work
from common.payments.facts import DisputeFact, IntentFact, MovementFact, RefundFact, TransferFact
from common.payments.models import (
    Dispute,
    DisputeState,
    Intent,
    IntentState,
    Payout,
    PayoutState,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    Transfer,
    TransferState,
)
from common.payments.provider import provider
from common.settings import get_settings

YOUNG = timedelta(minutes=10)
SECOND_LOOK = 5.0  # seconds after which what differed is read again
BATCH = 100
NOTHING = "-"
INVENTED = r"%\_demo%"
"""Refs of a demonstration city's past, which was paid at no provider."""
Row = TypeVar("Row", bound=Table)


@dataclass(frozen=True, order=True)
class ProviderMismatch:
    """One thing that we and the provider see differently; `ref` is the provider's id, or ours when it has none. Amounts in rupiah."""

    kind: str
    ref: str
    ours: str
    theirs: str


@dataclass
class Comparison:
    """What was looked at so far. `seen`: our own ids that the provider knows, by kind."""

    since: datetime | None
    before: datetime
    compared: int = 0
    found: list[ProviderMismatch] = field(default_factory=list)
    seen: dict[str, set[UUID]] = field(default_factory=dict)


async def compare_with_provider(since: datetime | None = None, *, pause: float = SECOND_LOOK) -> Comparison:
    """All differences between our rows and the provider's lists of things made since a moment (None: ever). Changes nothing.

    Raises ProviderAway.
    """
    first = await _compare(since)
    if not first.found:
        return first
    await asyncio.sleep(pause)
    second = await _compare(since)
    second.found = sorted(set(first.found) & set(second.found))
    return second


async def _compare(since: datetime | None) -> Comparison:
    run = Comparison(since, clock.now() - YOUNG)
    for kind, look in LOOKS.items():
        run.seen[kind] = set()
        async for batch in _batches(kind, run):
            async with unit_of_work() as session:
                run.found += await look(session, batch, run.seen[kind])
            run.compared += len(batch)
    async with unit_of_work() as session:
        for kind, missing in MISSING.items():
            run.found += [one async for one in missing(session, run, run.seen[kind])]
    await _compare_movements(run)
    return run


async def _batches(kind: str, run: Comparison) -> AsyncIterator[list[Any]]:
    batch: list[Any] = []
    async for listed in provider().list_all(kind, run.since):
        if listed.made_at < run.before:
            batch.append(listed.fact)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _intents(session: AsyncSession, facts: list[IntentFact], seen: set[UUID]) -> list[ProviderMismatch]:
    named = [fact.payment for fact in facts]
    ours = {row.id: row for row in await _rows(session, Intent, col(Intent.id).in_([fact.ours for fact in facts if fact.ours]))}
    by_ref = {row.payment_ref: row for row in await _rows(session, Intent, col(Intent.payment_ref).in_(named))}
    found = []
    for fact in facts:
        row = ours.get(fact.ours) if fact.ours else by_ref.get(fact.payment)
        paid = fact.state == IntentState.SUCCEEDED
        if row is not None and (paid or fact.payment == row.payment_ref):
            seen.add(row.id)
        mine = row.amount if row and row.state == IntentState.SUCCEEDED and row.payment_ref in (None, fact.payment) else 0
        if mine != (fact.amount if paid else 0):
            found.append(_differs("intent", fact.payment, f"{row.state} {row.amount}" if row else NOTHING, f"{fact.state} {fact.amount}"))
    return found


async def _refunds(session: AsyncSession, facts: list[RefundFact], seen: set[UUID]) -> list[ProviderMismatch]:
    return await _flows(session, "refund", Refund, facts, seen, lambda fact: (fact.state, fact.amount))


async def _disputes(session: AsyncSession, facts: list[DisputeFact], seen: set[UUID]) -> list[ProviderMismatch]:
    return await _flows(session, "dispute", Dispute, facts, seen, lambda fact: (fact.state, fact.amount))


async def _transfers(session: AsyncSession, facts: list[TransferFact], seen: set[UUID]) -> list[ProviderMismatch]:
    """Each was sent, and of each as much was taken back."""
    found = await _flows(session, "transfer", Transfer, facts, seen, lambda fact: (TransferState.SENT, fact.amount))
    told = {reversal.ref: (fact.ref, reversal) for fact in facts for reversal in fact.reversals}
    done = {row.provider_ref: row for row in await _rows(session, Reversal, col(Reversal.provider_ref).in_(told))}
    for ref, (_, reversal) in told.items():
        row = done.get(ref)
        if row is None or (row.state, row.amount) != (ReversalState.DONE, reversal.amount):
            found.append(_differs("reversal", ref, f"{row.state} {row.amount}" if row else NOTHING, f"done {reversal.amount}"))
    return found


async def _flows(
    session: AsyncSession, kind: str, table: type[Any], facts: Sequence[Any], seen: set[UUID], as_is: Callable[[Any], tuple[Any, int]]
) -> list[ProviderMismatch]:
    mine = {fact.ours for fact in facts if getattr(fact, "ours", None)}
    rows = await _rows(session, table, or_(col(table.id).in_(mine), col(table.provider_ref).in_([fact.ref for fact in facts])))
    by_id, by_ref = {row.id: row for row in rows}, {row.provider_ref: row for row in rows}
    found = []
    for fact in facts:
        row = by_ref.get(fact.ref) or by_id.get(getattr(fact, "ours", None))
        if row is not None:
            seen.add(row.id)
        state, amount = as_is(fact)
        if row is None or (row.state, row.amount) != (state, amount):
            found.append(_differs(kind, fact.ref, f"{row.state} {row.amount}" if row else NOTHING, f"{state} {amount}"))
    return found


async def _missing_intents(session: AsyncSession, run: Comparison, seen: set[UUID]) -> AsyncIterator[ProviderMismatch]:
    paid = col(Intent.state) == IntentState.SUCCEEDED
    async for row in _unseen(session, Intent, run, seen, paid, col(Intent.started_at)):
        yield _differs("intent", row.payment_ref or row.id, f"{row.state} {row.amount}", NOTHING)


async def _missing_refunds(session: AsyncSession, run: Comparison, seen: set[UUID]) -> AsyncIterator[ProviderMismatch]:
    """One that failed may never have reached the provider."""
    async for row in _unseen(session, Refund, run, seen, col(Refund.state) != RefundState.FAILED, col(Refund.created_at)):
        yield _differs("refund", row.provider_ref or row.id, f"{row.state} {row.amount}", NOTHING)


async def _missing_transfers(session: AsyncSession, run: Comparison, seen: set[UUID]) -> AsyncIterator[ProviderMismatch]:
    """Of those that are said to be there. One that waits may wait for a seller's account."""
    sent = (col(Transfer.state) == TransferState.SENT) & (col(Transfer.amount) > 0)
    async for row in _unseen(session, Transfer, run, seen, sent, col(Transfer.created_at)):
        yield _differs("transfer", row.provider_ref or row.id, f"{row.state} {row.amount}", NOTHING)


async def _missing_disputes(session: AsyncSession, run: Comparison, seen: set[UUID]) -> AsyncIterator[ProviderMismatch]:
    async for row in _unseen(session, Dispute, run, seen, col(Dispute.id).is_not(None), col(Dispute.created_at)):
        yield _differs("dispute", row.provider_ref, f"{row.state} {row.amount}", NOTHING)


async def _unseen(
    session: AsyncSession, table: type[Any], run: Comparison, seen: set[UUID], wanted: ColumnElement[bool], made_at: Any
) -> AsyncIterator[Any]:
    query = select(table).where(wanted, made_at < run.before)
    query = query.where(made_at >= run.since + YOUNG) if run.since else query
    query = query.where(func.coalesce(col(table.provider_ref), "").not_like(INVENTED)) if get_settings().demo else query
    async for row in await session.stream_scalars(query.execution_options(yield_per=BATCH)):
        if row.id not in seen:
            yield row


async def _compare_movements(run: Comparison) -> None:
    """What moved in the provider's balance because of each thing is what our row of it says. Fees are no affair of this ledger."""
    moved: dict[str, int] = {}
    young: set[str] = set()
    async for listed in provider().list_all("movements", run.since):
        fact: MovementFact = listed.fact
        moved[fact.source] = moved.get(fact.source, 0) + fact.amount
        if listed.made_at >= run.before:
            young.add(fact.source)
        run.compared += 1
    refs = iter([ref for ref in moved if ref not in young])
    while batch := list(islice(refs, BATCH)):
        async with unit_of_work() as session:
            expected, older = await _expected(session, batch, run.since)
        for ref in batch:
            if ref not in older and expected.get(ref) != moved[ref] and (ref in expected or moved[ref]):
                run.found.append(_differs("movement", ref, str(expected.get(ref, NOTHING)), str(moved[ref])))


async def _expected(session: AsyncSession, refs: list[str], since: datetime | None) -> tuple[dict[str, int], set[str]]:
    """What our rows say that each thing moved in the platform's balance; and those whose first movement lies before `since`."""
    expected: dict[str, int] = {}
    older: set[str] = set()
    for row in await _rows(session, Intent, col(Intent.charge_ref).in_(refs)):
        expected[str(row.charge_ref)] = row.amount if row.state == IntentState.SUCCEEDED else 0
    for table, moves in MOVES.items():
        for row in await _rows(session, table, col(table.provider_ref).in_(refs)):
            expected[row.provider_ref] = moves(row)
            if since is not None and row.created_at < since:
                older.add(row.provider_ref)
    return expected, older


async def _rows(session: AsyncSession, table: type[Row], which: ColumnElement[bool]) -> list[Row]:
    return list(await session.scalars(select(table).where(which)))


def _differs(kind: str, ref: object, ours: str, theirs: str) -> ProviderMismatch:
    return ProviderMismatch(kind, str(ref), ours, theirs)


LOOKS: dict[str, Callable[[AsyncSession, list[Any], set[UUID]], Any]] = {
    "intents": _intents,
    "refunds": _refunds,
    "transfers": _transfers,
    "disputes": _disputes,
}
MISSING: dict[str, Callable[[AsyncSession, Comparison, set[UUID]], AsyncIterator[ProviderMismatch]]] = {
    "intents": _missing_intents,
    "refunds": _missing_refunds,
    "transfers": _missing_transfers,
    "disputes": _missing_disputes,
}
MOVES: dict[type[Any], Callable[[Any], int]] = {
    Refund: lambda row: 0 if row.state == RefundState.FAILED else -row.amount,
    Transfer: lambda row: -row.amount,
    Reversal: lambda row: row.amount if row.state == ReversalState.DONE else 0,
    Dispute: lambda row: -row.amount if row.state in (DisputeState.WITHDRAWN, DisputeState.LOST) else 0,
    Payout: lambda row: 0 if row.state == PayoutState.FAILED else -row.amount,
}
