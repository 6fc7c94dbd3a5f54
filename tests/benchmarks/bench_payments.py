"""Payments whose webhooks come three times, shuffled, one in twenty never, against the same payments told once and in order.

    python -m tests.benchmarks.bench_payments [--payments 1000]

Every message goes through the inbox and the outbox as in the city; what is lost is read from the provider's own list by the sweep.
The provider's HTTP is left out: a list of events stands for it. Exits 1 unless both ledgers are equal and sum to zero.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import common.payments.jobs  # noqa: F401  the registry of jobs must know them
from common import clock, jobs
from common.db import close_database, open_database, unit_of_work
from common.ids import uuid7
from common.payments import queries, service
from common.payments.facts import ProviderEvent
from common.payments.models import IntentState, Purpose
from common.payments.provider import use
from common.payments.service import inbox, sweeping
from common.payments.stripe_adapter import StripeAdapter
from common.settings import get_settings
from tests.benchmarks.city import scratch_city
from tests.benchmarks.figures import Figure

QUICK = ["--payments", "100"]
AMOUNT = 25_000
AT_ONCE = 8
LOST = 0.05
Event = dict[str, Any]


class ListedProvider(StripeAdapter):
    """The adapter with a list of events instead of HTTP."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__(get_settings())
        self._events = events

    async def list_since(self, moment: datetime, account: str | None = None) -> AsyncIterator[ProviderEvent]:
        for event in self._events if account is None else []:
            yield ProviderEvent(event["id"], event["type"], event)


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--payments", type=int, default=1000)
    count = parser.parse_args(words).payments
    with scratch_city():
        return asyncio.run(bench(count))


async def bench(count: int) -> list[Figure]:
    await open_database()
    try:
        expected, calm = await run(count, rude=False)
        found, rude = await run(count, rude=True)
        async with unit_of_work() as session:
            differences = await service.ledger_check(session)
    finally:
        await close_database()
    equal = found == expected and not differences
    figures = {"payments": count, "in_order": calm, "tripled_shuffled_lossy": rude, "ledgers_equal": equal, "books": found}
    print(json.dumps(figures, indent=2))
    told = f"{rude['kept_per_s']:,.0f} kept/s, {rude['merged_per_s']:,.0f} merged/s"
    words = "equal" if equal else "not equal"
    return [
        Figure(f"{count:,} payments, tripled, shuffled, 5 % lost", f"{words}; {told}", "in order", floor="equal", falls_short=not equal)
    ]


async def run(count: int, *, rude: bool) -> tuple[dict[str, int], dict[str, float]]:
    """The books that these payments alone make, and how fast the messages were kept and merged."""
    before = await kinds()
    chance = random.Random(7)
    lives = [story(await opened(), number) for number in range(count)]
    told = [event for life in lives for event in life]
    use(ListedProvider(told))
    messages = jumbled(told, chance) if rude else told
    kept = await timed(each(messages, keep))
    merged = await timed(work())
    await sweeping.read_missed()
    await work()
    after = await kinds()
    books = {kind: after.get(kind, 0) - before.get(kind, 0) for kind in sorted(after)}
    figures = {"messages": len(messages), "kept_per_s": len(messages) / kept, "merged_per_s": len(told) / merged}
    return books, {name: round(value, 1) for name, value in figures.items()}


def story(intent: tuple[UUID, str], number: int) -> list[Event]:
    """Stripe's events of one payment: paid; every third refunded in part elsewhere, every fourth disputed and lost, every eighth won."""
    id_, ref = intent
    charge: Event = {"id": f"ch_{id_.hex}", "object": "charge", "payment_intent": ref, "captured": True, "amount_captured": AMOUNT * 100}
    paid = {"id": ref, "object": "payment_intent", "status": "succeeded", "amount": AMOUNT * 100, "amount_received": AMOUNT * 100}
    paid |= {"latest_charge": charge["id"], "metadata": {"marvec_id": str(id_)}}
    found = [("payment_intent.created", paid | {"status": "requires_payment_method"}), ("charge.succeeded", charge)]
    found.append(("payment_intent.succeeded", paid))
    if number % 3 == 0:
        refund = {"id": f"re_{id_.hex}", "object": "refund", "payment_intent": ref, "amount": 500_000}
        found += [("refund.created", refund | {"status": "pending"}), ("refund.updated", refund | {"status": "succeeded"})]
    if number % 4 == 0:
        found += dispute(id_, ref, won=number % 8 == 0)
    return [{"id": f"evt_{uuid7().hex}", "type": type_, "data": {"object": doc}} for type_, doc in found]


def dispute(id_: UUID, ref: str, *, won: bool) -> list[tuple[str, Event]]:
    took, gave = {"amount": -AMOUNT * 100}, {"amount": AMOUNT * 100}
    doc: Event = {
        "id": f"du_{id_.hex}",
        "payment_intent": ref,
        "amount": AMOUNT * 100,
        "status": "needs_response",
        "balance_transactions": [took],
    }
    ended = doc | ({"status": "won", "balance_transactions": [took, gave]} if won else {"status": "lost"})
    return [("charge.dispute.funds_withdrawn", doc), ("charge.dispute.closed", ended)]


def jumbled(events: list[Event], chance: random.Random) -> list[Event]:
    told = [event for event in events if chance.random() >= LOST for _ in range(3)]
    chance.shuffle(told)
    return told


async def opened() -> tuple[UUID, str]:
    """An intent that the provider knows."""
    async with unit_of_work() as session:
        intent = await service.open_intent(
            session, payer_id=uuid7(), purpose=Purpose.ORDER_GROUP, purpose_id=uuid7(), amount=AMOUNT,
            expires_at=clock.now() + timedelta(hours=1),
        )  # fmt: skip
        intent.move_to(IntentState.STARTED, by=None)
        intent.provider_ref, intent.payment_ref = f"cs_{intent.id.hex}", f"pi_{intent.id.hex}"
        return intent.id, intent.payment_ref


async def keep(event: Event) -> None:
    await inbox.keep(ProviderEvent(event["id"], event["type"], event))


async def work() -> None:
    """What a worker does until nothing is due."""
    while rows := await jobs.due_rows():
        await each(rows, jobs.run_row)


async def each(things: list[Any], deed: Any) -> None:
    """`deed` for all things, a few at once."""
    waiting = iter(things)

    async def one_after_another() -> None:
        for thing in waiting:
            await deed(thing)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def timed(doing: Any) -> float:
    started = time.perf_counter()
    await doing
    return time.perf_counter() - started


async def kinds() -> dict[str, int]:
    """What is in all pots of a kind, together: the pots themselves have owners that differ from run to run."""
    total: dict[str, int] = {}
    async with unit_of_work() as session:
        for (book, (kind, _)), amount in (await queries.balances(session)).items():
            total[f"{book}:{kind}"] = total.get(f"{book}:{kind}", 0) + amount
    return total


if __name__ == "__main__":
    sys.exit(any(one.falls_short for one in main()))
