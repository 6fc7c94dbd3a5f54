"""Work of payments: calls to the provider (outside locks), merging of its messages, sweeps."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events
from common.jobs import every, job
from common.payments import queries
from common.payments.models import DisputeState
from common.payments.service import calling, checking, inbox, paying_out, proving, sweeping, telling


@job("payments.merge")
async def merge(session: AsyncSession, *, event_id: str) -> None:
    await inbox.merge_message(session, event_id)


@job("payments.look", own_transactions=True)
async def look(*, kind: str, ref: str) -> None:
    await calling.look_at(kind, ref)


@job("payments.close", own_transactions=True)
async def close(*, intent_id: str) -> None:
    await calling.close_at_provider(UUID(intent_id))


@job("payments.transfer", own_transactions=True)
async def transfer(*, transfer_id: str) -> None:
    await calling.send_transfer(UUID(transfer_id))


@job("payments.refund", own_transactions=True)
async def refund(*, refund_id: str) -> None:
    await calling.send_refund(UUID(refund_id))


@job("payments.reverse", own_transactions=True)
async def reverse(*, reversal_id: str) -> None:
    await calling.send_reversal(UUID(reversal_id))


@job("payments.open_account", own_transactions=True)
async def open_account(*, storefront_id: str) -> None:
    await calling.open_account(UUID(storefront_id))


@job(paying_out.PAY_OUT, own_transactions=True)
async def pay_out(*, storefront_id: str) -> None:
    await paying_out.pay_out(UUID(storefront_id))


@events.hears(events.PaymentDisputed, "payments.on_disputed")
async def on_disputed(session: AsyncSession, event: events.PaymentDisputed) -> None:
    await telling.tell_of_dispute(
        session, await queries.dispute_by_id(session, event.dispute_id), telling.DISPUTES[DisputeState(event.state)]
    )


@every("payments.sweep", seconds=30)
async def sweep() -> None:
    await sweeping.sweep_intents()
    await sweeping.sweep_flows()


@every("payments.remind", seconds=600)
async def remind() -> None:
    await proving.remind()


@every("payments.sweep_payouts", seconds=60)
async def sweep_payouts() -> None:
    await paying_out.sweep_payouts()


@every("payments.read_missed", seconds=60)
async def read_missed() -> None:
    await sweeping.read_missed()


@every("payments.compare", seconds=60)
async def compare() -> None:
    await checking.do_wanted_check()
