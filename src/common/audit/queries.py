"""Reads of the trail."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.audit.models import AuditEntry, AuditSeal


async def of_subject(session: AsyncSession, subject_kind: str, subject_id: UUID | str, limit: int = 100) -> Sequence[AuditEntry]:
    """The newest deeds upon one subject."""
    about = select(AuditEntry).where(col(AuditEntry.subject_kind) == subject_kind, col(AuditEntry.subject_id) == str(subject_id))
    return (await session.scalars(about.order_by(col(AuditEntry.id).desc()).limit(limit))).all()


async def newest(session: AsyncSession, before: UUID | None = None, limit: int = 50) -> Sequence[AuditEntry]:
    """Entries from the newest down, `before` an entry (keyset)."""
    page = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(limit)
    return (await session.scalars(page.where(col(AuditEntry.id) < before) if before else page)).all()


async def unsealed(session: AsyncSession, limit: int) -> Sequence[AuditEntry]:
    """Committed entries without a seal, oldest first. No transaction lives an hour: look back an hour from the last seal."""
    missing = ~select(col(AuditSeal.seq)).where(col(AuditSeal.entry_id) == col(AuditEntry.id)).exists()
    waiting = select(AuditEntry).where(missing).order_by(col(AuditEntry.id)).limit(limit)
    newest_seal = select(col(AuditEntry.at)).join(AuditSeal).order_by(col(AuditSeal.seq).desc()).limit(1)
    if (sealed_at := await session.scalar(newest_seal)) is not None:
        waiting = waiting.where(col(AuditEntry.at) > sealed_at - timedelta(hours=1))
    return (await session.scalars(waiting)).all()


async def count_unsealed(session: AsyncSession) -> int:
    entries = await session.scalar(select(func.count()).select_from(AuditEntry))
    seals = await session.scalar(select(func.count()).select_from(AuditSeal))
    return (entries or 0) - (seals or 0)


async def waiting(session: AsyncSession) -> tuple[int, timedelta]:
    """How many entries wait for their seal, and how long the first of them has."""
    first = await unsealed(session, 1)
    return await count_unsealed(session), clock.now() - first[0].at if first else timedelta(0)


async def last_seal(session: AsyncSession) -> AuditSeal | None:
    last: AuditSeal | None = await session.scalar(select(AuditSeal).order_by(col(AuditSeal.seq).desc()).limit(1))
    return last


async def sealed_after(session: AsyncSession, seq: int, limit: int) -> Sequence[tuple[AuditSeal, AuditEntry | None]]:
    """Seals after `seq` in order, each with its entry (None: the entry is gone)."""
    joined = select(AuditSeal, AuditEntry).outerjoin(AuditEntry, col(AuditEntry.id) == col(AuditSeal.entry_id))
    rows = await session.execute(joined.where(col(AuditSeal.seq) > seq).order_by(col(AuditSeal.seq)).limit(limit))
    return [(seal, entry) for seal, entry in rows.all()]
