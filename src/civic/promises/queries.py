"""Reads of promises."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from civic.promises.models import Promise
from common import clock


async def of(session: AsyncSession, subject_id: UUID, *, lock: bool = False) -> Promise | None:
    """The promise about one subject."""
    wanted = select(Promise).where(col(Promise.subject_id) == subject_id)
    found: Promise | None = await session.scalar(wanted.with_for_update() if lock else wanted)
    return found


async def of_many(session: AsyncSession, subject_ids: Sequence[UUID]) -> dict[UUID, Promise]:
    rows = await session.scalars(select(Promise).where(col(Promise.subject_id).in_(subject_ids)))
    return {row.subject_id: row for row in rows}


async def newly_late(session: AsyncSession, limit: int = 100) -> Sequence[Promise]:
    """Running promises whose day has passed and whose office has not heard of it yet."""
    late = select(Promise).where(
        col(Promise.ended_at).is_(None),
        col(Promise.paused_at).is_(None),
        col(Promise.broken_told_at).is_(None),
        col(Promise.due_on) < clock.today(),
    )
    return (await session.scalars(late.order_by(col(Promise.id)).limit(limit).with_for_update(skip_locked=True))).all()
