"""Reads of how the backups stand."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.backup.models import ONLY, BackupStatus


async def status(session: AsyncSession) -> BackupStatus | None:
    """None when no backup was ever made."""
    return await session.get(BackupStatus, ONLY)


async def status_for_update(session: AsyncSession) -> BackupStatus | None:
    return await session.get(BackupStatus, ONLY, with_for_update=True)
