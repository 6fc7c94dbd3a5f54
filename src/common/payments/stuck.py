"""What sweeps look for: rows that should have moved on by now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import outbox
from common.outbox import OutboxRow
from common.payments.models import (
    UNDECIDED,
    Dispute,
    InboxState,
    Intent,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    SellerAccount,
    Transfer,
    TransferState,
    WebhookMessage,
)
from common.payments.models.intents import OPEN


async def to_look_at(session: AsyncSession, before: datetime, now: datetime, limit: int = 200) -> list[Intent]:
    """Open intents that were neither made nor looked at since `before`, or that have expired and were not looked at since; longest first.

    Rows that somebody works on are left for the next sweep.
    """
    row = Intent
    seen = func.coalesce(col(row.checked_at), col(row.created_at))
    due = or_(seen < before, and_(col(row.expires_at) <= now, col(row.checked_at).is_(None)))
    query = select(row).where(col(row.state).in_(OPEN), due).order_by(col(row.checked_at).asc().nulls_first()).limit(limit)
    return list(await session.scalars(query.with_for_update(skip_locked=True)))


async def stuck_refunds(session: AsyncSession, before: datetime, limit: int = 200) -> list[tuple[Refund, str | None]]:
    """Pending refunds made before a moment, with the provider's id of their payment."""
    query = select(Refund, col(Intent.payment_ref)).join(Intent, col(Intent.id) == col(Refund.intent_id))
    query = query.where(col(Refund.state) == RefundState.PENDING, col(Refund.created_at) < before)
    return [(refund, ref) for refund, ref in await session.execute(query.order_by(col(Refund.created_at)).limit(limit))]


async def stuck_reversals(session: AsyncSession, before: datetime, limit: int = 200) -> list[UUID]:
    """Pending ones made before a moment whose transfer was sent: those of a transfer that waits wait with it."""
    row = Reversal
    sent = select(col(row.id)).join(Transfer, col(Transfer.id) == col(row.transfer_id)).where(col(Transfer.state) == TransferState.SENT)
    stuck = sent.where(col(row.state) == ReversalState.PENDING, col(row.created_at) < before)
    return list(await session.scalars(stuck.order_by(col(row.created_at)).limit(limit)))


async def stuck_transfers(session: AsyncSession, before: datetime, limit: int = 200) -> list[UUID]:
    """Pending transfers that nothing keeps waiting: those of sellers who cannot receive yet go out when they can (`accounts.record`), and
    however many they are, they stand in nobody's way here.
    """
    row, account = Transfer, SellerAccount
    query = select(col(row.id)).where(col(row.state) == TransferState.PENDING, col(row.created_at) < before)
    query = query.outerjoin(account, col(account.storefront_id) == col(row.storefront_id))
    query = query.where(func.coalesce(col(account.transfers_enabled), True), func.payee_is_confirmed(col(row.storefront_id)))
    return list(await session.scalars(query.order_by(col(row.created_at)).limit(limit)))


async def parked_about(session: AsyncSession, before: datetime, limit: int = 200) -> list[str]:
    """Payments that parked messages have named since before a moment, and that nobody has told us to be ours or not."""
    row = WebhookMessage
    parked = select(col(row.about)).where(col(row.state) == InboxState.PARKED, col(row.received_at) < before)
    return [payment for payment in await session.scalars(parked.distinct().limit(limit)) if payment]


async def due_before(session: AsyncSession, moment: datetime) -> list[Dispute]:
    """Disputes whose evidence must be handed in before `moment`, and of which nobody was reminded."""
    row = Dispute
    open_ = col(row.state).in_(UNDECIDED), col(row.evidence_sent_at).is_(None), col(row.reminded_at).is_(None), col(row.due_by) < moment
    return list(await session.scalars(select(row).where(*open_).order_by(col(row.id)).limit(200).with_for_update(skip_locked=True)))


async def anything_at_provider(session: AsyncSession) -> bool:
    return bool(await session.scalar(select(exists().where(col(Intent.provider_ref).is_not(None)))))


async def enqueue_unless_waiting(session: AsyncSession, job: str, **args: Any) -> None:
    """Promise a job unless the same one waits already: a sweep adds no second row to a first that is being retried."""
    row = OutboxRow
    same = exists().where(col(row.job) == job, col(row.args) == args, col(row.done_at).is_(None), col(row.dead_at).is_(None))
    if not await session.scalar(select(same)):
        await outbox.enqueue(session, job, **args)
