"""Thumbnails, and the sweeping of bytes without a row."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.files import service
from common.jobs import every, job


@job("files.make_thumbnails", heavy=True)
async def make_thumbnails(session: AsyncSession, *, file_id: str) -> None:
    await service.make_thumbnails(session, UUID(file_id))


@every("files.remove_orphans", seconds=6 * 3600)
async def remove_orphans() -> None:
    await service.remove_orphans()
