"""What sweeps repair: intents that nobody told us about, work that got stuck, messages that were lost."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.db import unit_of_work
from common.payments import queries, stuck
from common.payments.models import Intent, IntentState, SweepMark
from common.payments.provider import provider
from common.payments.service import accounts, opening
from common.payments.service.inbox import keep

PATIENCE = timedelta(minutes=1)  # before we doubt that a message will come
OVERLAP = timedelta(minutes=2)  # the provider's list may lag behind
FIRST_READ = timedelta(hours=1)
ACCOUNTS_A_SWEEP = 20
PLATFORM_MARK = "platform"


async def sweep_intents() -> None:
    """Open intents older than a minute are read again; those that have expired are closed, at the provider first."""
    now = clock.now()
    async with unit_of_work() as session:
        for intent in await stuck.to_look_at(session, now - PATIENCE, now):
            intent.checked_at = now
            await _look_at(session, intent, now)


async def sweep_flows() -> None:
    """Refunds and transfers that should have happened by now are asked for, or read, again."""
    before = clock.now() - PATIENCE
    async with unit_of_work() as session:
        for refund, ref in await stuck.stuck_refunds(session, before):
            if refund.provider_ref is None:
                await stuck.enqueue_unless_waiting(session, "payments.refund", refund_id=str(refund.id))
            elif ref is not None:
                await stuck.enqueue_unless_waiting(session, "payments.look", kind="refunds_of", ref=ref)
        for reversal_id in await stuck.stuck_reversals(session, before):
            await stuck.enqueue_unless_waiting(session, "payments.reverse", reversal_id=str(reversal_id))
        for payment in await stuck.parked_about(session, before):
            await stuck.enqueue_unless_waiting(session, "payments.look", kind="intent", ref=payment)
        for transfer_id in await stuck.stuck_transfers(session, before):
            await stuck.enqueue_unless_waiting(session, "payments.transfer", transfer_id=str(transfer_id))


async def read_missed() -> None:
    """Keep what the provider's own list of events has and the inbox has not."""
    async with unit_of_work() as session:
        if not await stuck.anything_at_provider(session):
            return
        mark = await session.get(SweepMark, PLATFORM_MARK)
        sellers = await queries.sellers_to_sweep(session, ACCOUNTS_A_SWEEP)
    begun = clock.now()
    await _read(mark.read_until if mark else None, None)
    for seller in sellers:
        await _read(seller.swept_at, seller.provider_account)
    async with unit_of_work() as session:
        moved = insert(SweepMark).values(name=PLATFORM_MARK, read_until=begun)
        await session.execute(moved.on_conflict_do_update(index_elements=["name"], set_={"read_until": begun}))
        for seller in sellers:
            await accounts.mark_swept(session, seller.storefront_id)


async def _look_at(session: AsyncSession, intent: Intent, now: datetime) -> None:
    over = intent.expires_at <= now or intent.close_wanted_at is not None
    if intent.state == IntentState.CREATED:
        if over:
            await opening.record_closed(session, await queries.for_update(session, intent.id), "expired")
    elif over:
        await outbox.enqueue(session, "payments.close", intent_id=str(intent.id))
    elif intent.provider_ref is not None:
        await outbox.enqueue(session, "payments.look", kind="intent", ref=intent.provider_ref)


async def _read(since: datetime | None, account: str | None) -> None:
    start = since - OVERLAP if since else clock.now() - FIRST_READ
    async for event in provider().list_since(start, account):
        await keep(event)
