"""Reads of the trail."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.audit.models import AuditEntry, AuditSeal, AuditUnsealed


async def of_subject(session: AsyncSession, subject_kind: str, subject_id: UUID | str, limit: int = 100) -> Sequence[AuditEntry]:
    """The newest deeds upon one subject."""
    about = select(AuditEntry).where(col(AuditEntry.subject_kind) == subject_kind, col(AuditEntry.subject_id) == str(subject_id))
    return (await session.scalars(about.order_by(col(AuditEntry.id).desc()).limit(limit))).all()


async def newest(session: AsyncSession, before: UUID | None = None, limit: int = 50) -> Sequence[AuditEntry]:
    """Entries from the newest down, `before` an entry (keyset)."""
    page = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(limit)
    return (await session.scalars(page.where(col(AuditEntry.id) < before) if before else page)).all()


async def unsealed(session: AsyncSession, limit: int) -> Sequence[AuditEntry]:
    """Committed entries without a seal, in the order of their commits."""
    waiting = select(AuditEntry).join(AuditUnsealed, col(AuditUnsealed.entry_id) == col(AuditEntry.id))
    return (await session.scalars(waiting.order_by(col(AuditUnsealed.since), col(AuditEntry.id)).limit(limit))).all()


async def waiting(session: AsyncSession) -> tuple[int, timedelta]:
    """How many entries wait for their seal, and how long the first of them has, by the database's own clock."""
    age = func.clock_timestamp() - func.min(col(AuditUnsealed.since))
    count, longest = (await session.execute(select(func.count(), age).select_from(AuditUnsealed))).one()
    return count, max(longest or timedelta(0), timedelta(0))


async def count_forgotten(session: AsyncSession) -> int:
    """Entries that neither have a seal nor wait for one: somebody wrote or deleted past the triggers. Reads the whole trail."""
    has = [select(col(one.entry_id)).where(col(one.entry_id) == col(AuditEntry.id)).exists() for one in (AuditSeal, AuditUnsealed)]
    return await session.scalar(select(func.count()).select_from(AuditEntry).where(~has[0], ~has[1])) or 0


async def last_seal(session: AsyncSession) -> AuditSeal | None:
    last: AuditSeal | None = await session.scalar(select(AuditSeal).order_by(col(AuditSeal.seq).desc()).limit(1))
    return last


async def seal_at(session: AsyncSession, seq: int) -> AuditSeal | None:
    return await session.get(AuditSeal, seq)


async def sealed_after(session: AsyncSession, seq: int, limit: int) -> Sequence[tuple[AuditSeal, AuditEntry | None]]:
    """Seals after `seq` in order, each with its entry (None: the entry is gone)."""
    joined = select(AuditSeal, AuditEntry).outerjoin(AuditEntry, col(AuditEntry.id) == col(AuditSeal.entry_id))
    rows = await session.execute(joined.where(col(AuditSeal.seq) > seq).order_by(col(AuditSeal.seq)).limit(limit))
    return [(seal, entry) for seal, entry in rows.all()]
