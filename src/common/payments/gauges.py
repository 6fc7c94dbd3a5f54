"""What Prometheus reads of the money: what waits for an operator, what differs from the provider, messages that nobody has merged."""

from datetime import datetime

from common import clock
from common.db import unit_of_work
from common.metrics import asked, shared_gauge
from common.payments import lists, waiting

UNASSIGNED = shared_gauge("marvec_unassigned_rupiah", "Money that waits for an operator's decision")
DISPUTES = shared_gauge("marvec_disputes_unanswered", "Disputes of banks whose evidence was not handed in yet")
DISPUTE_DUE = shared_gauge("marvec_dispute_due_timestamp_seconds", "Until when the most urgent evidence is taken; 0: none")
WEBHOOKS = shared_gauge("marvec_webhooks_unmerged", "Messages of the payment provider that were kept and not merged")
WEBHOOK_AGE = shared_gauge("marvec_webhook_oldest_seconds", "How long the oldest of them has waited")
DIFFERENCES = shared_gauge("marvec_provider_differences", "What differed at the last comparison with the provider")
COMPARED = shared_gauge("marvec_provider_check_timestamp_seconds", "When the last comparison with the provider ended; 0: never")
LEDGER_SUM = shared_gauge("marvec_ledger_sum_rupiah", "The sum over all pots of the ledger")


@asked()
async def waits() -> None:
    async with unit_of_work() as session:
        UNASSIGNED.set((await waiting.count_unassigned(session))[1])
        count, due_by = await waiting.unanswered_disputes(session)
        unmerged, oldest = await lists.unmerged(session)
    DISPUTES.set(count)
    DISPUTE_DUE.set(_timestamp(due_by))
    WEBHOOKS.set(unmerged)
    WEBHOOK_AGE.set((clock.now() - oldest).total_seconds() if oldest else 0)


@asked(seconds=60)
async def books() -> None:
    """Sums over everything: once a minute."""
    async with unit_of_work() as session:
        last = await waiting.last_provider_check(session)
        total = (await lists.balance(session)).sum
    DIFFERENCES.set(last.differences if last else 0)
    COMPARED.set(_timestamp(last.done_at if last else None))
    LEDGER_SUM.set(total)


def _timestamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
