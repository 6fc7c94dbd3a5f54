"""What waits for an operator: money that nobody has assigned, disputes of banks, comparisons with the provider. Keyset lists."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, exists, func, literal, not_, or_, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.payments.errors import NoSuchPayment
from common.payments.models import UNDECIDED, Dispute, DisputeState, PaymentPart, ProviderCheck, ProviderDifference, Refund, RefundState
from common.payments.schemas import DisputeOut, ProviderCheckOut, ProviderDifferenceOut, ShareOut, UnassignedOut, Waits
from common.web.paging import Page, after, keys_of, page_of

UNASSIGNED, DISPUTES, CHECKS, DIFFERENCES = "ledger:unassigned", "disputes:newest", "provider:checks", "provider:differences"
_BORNE = (
    select(func.coalesce(func.sum(text("value::bigint")), 0)).select_from(func.jsonb_each_text(col(Dispute.borne_by))).scalar_subquery()
)
_LEFT = exists().where(
    col(PaymentPart.order_id) == col(Refund.order_id), col(PaymentPart.amount) > col(PaymentPart.refunded) + col(PaymentPart.lost)
)


def _of_refunds(kind: Waits, which: ColumnElement[bool]) -> Any:
    row = Refund
    columns = literal(kind.value).label("kind"), col(row.id), col(row.intent_id), col(row.order_id), col(row.amount), col(row.created_at)
    return select(*columns).where(col(row.assigned_at).is_(None), which)


def _of_disputes() -> Any:
    row = Dispute
    unborne = (col(row.amount) - _BORNE).cast(BigInteger)
    columns = literal(Waits.LOSS.value).label("kind"), col(row.id), col(row.intent_id), literal(None).label("order_id")
    lost = col(row.state) == DisputeState.LOST, col(row.assigned_at).is_(None), unborne > 0
    return select(*columns, unborne.label("amount"), col(row.created_at)).where(*lost)


# A failed refund whose money a bank has taken meanwhile waits for nothing any more.
_FAILED = and_(col(Refund.ours), col(Refund.state) == RefundState.FAILED, or_(col(Refund.order_id).is_(None), _LEFT))
_BY_OTHERS = and_(not_(col(Refund.ours)), col(Refund.state) != RefundState.FAILED)
_ALL = union_all(_of_refunds(Waits.BY_OTHER_HANDS, _BY_OTHERS), _of_refunds(Waits.FAILED, _FAILED), _of_disputes()).subquery()


async def unassigned(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[UnassignedOut]:
    """Money that an operator must assign, newest first."""
    query = after(select(_ALL), [_ALL.c.id], keys_of(UNASSIGNED, cursor), descending=True)
    found = list(await session.execute(query.limit(limit + 1)))
    return page_of(found, limit, UNASSIGNED, lambda row: (row.id,), lambda row: UnassignedOut(**row._mapping))


async def unassigned_one(session: AsyncSession, kind: Waits, id_: UUID) -> UnassignedOut:
    """Raises NoSuchPayment for what does not wait (any more)."""
    row = (await session.execute(select(_ALL).where(_ALL.c.id == id_, _ALL.c.kind == kind.value))).first()
    if row is None:
        raise NoSuchPayment
    return UnassignedOut(**row._mapping)


async def count_unassigned(session: AsyncSession) -> tuple[int, int]:
    """How many times money waits, and how much, in rupiah."""
    count, amount = (await session.execute(select(func.count(), func.coalesce(func.sum(_ALL.c.amount), 0)))).one()
    return count, int(amount)


async def shares_of(session: AsyncSession, intent_id: UUID) -> list[ShareOut]:
    """How the orders share a payment now."""
    mine = select(PaymentPart).where(col(PaymentPart.intent_id) == intent_id).order_by(col(PaymentPart.order_id))
    return [ShareOut(order_id=part.order_id, storefront_id=part.storefront_id, left=part.left) for part in await session.scalars(mine)]


async def disputes(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[DisputeOut]:
    """Disputes of banks, newest first."""
    query = after(select(Dispute), [col(Dispute.id)], keys_of(DISPUTES, cursor), descending=True)
    found = list(await session.scalars(query.limit(limit + 1)))
    return page_of(found, limit, DISPUTES, lambda one: (one.id,), DisputeOut.of)


async def unanswered_disputes(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many disputes still take evidence of which none was handed in, and when the first of them no longer does."""
    row = Dispute
    open_ones = select(func.count(), func.min(col(row.due_by))).where(col(row.state).in_(UNDECIDED), col(row.evidence_sent_at).is_(None))
    count, due_by = (await session.execute(open_ones.where(col(row.due_by) > clock.now()))).one()
    return count, due_by


async def provider_checks(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[ProviderCheckOut]:
    """Comparisons with the provider, newest first."""
    query = after(select(ProviderCheck), [col(ProviderCheck.id)], keys_of(CHECKS, cursor), descending=True)
    found = list(await session.scalars(query.limit(limit + 1)))
    return page_of(found, limit, CHECKS, lambda one: (one.id,), ProviderCheckOut.of)


async def last_provider_check(session: AsyncSession) -> ProviderCheckOut | None:
    """The newest comparison that has ended."""
    ended = select(ProviderCheck).where(col(ProviderCheck.done_at).is_not(None)).order_by(col(ProviderCheck.done_at).desc()).limit(1)
    found = await session.scalar(ended)
    return None if found is None else ProviderCheckOut.of(found)


async def provider_check(session: AsyncSession, check_id: UUID) -> ProviderCheckOut:
    found = await session.get(ProviderCheck, check_id)
    if found is None:
        raise NoSuchPayment
    return ProviderCheckOut.of(found)


async def provider_differences(session: AsyncSession, check_id: UUID, *, cursor: str | None, limit: int) -> Page[ProviderDifferenceOut]:
    """What one comparison found."""
    row = ProviderDifference
    query = after(select(row).where(col(row.check_id) == check_id), [col(row.id)], keys_of(DIFFERENCES, cursor))
    found = list(await session.scalars(query.limit(limit + 1)))
    return page_of(found, limit, DIFFERENCES, lambda one: (one.id,), ProviderDifferenceOut.of)
