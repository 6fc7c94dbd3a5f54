"""Thumbnails, and the sweeping of what belongs to nobody."""

from uuid import UUID

from common.files import service
from common.jobs import every, job


@job("files.make_thumbnails", own_transactions=True, heavy=True)
async def make_thumbnails(*, file_id: str) -> None:
    await service.make_thumbnails(UUID(file_id))


@job("files.remove_bytes", own_transactions=True)
async def remove_bytes(*, file_id: str) -> None:
    await service.remove_bytes(UUID(file_id))


@every("files.remove_untaken", seconds=3600)
async def remove_untaken() -> None:
    await service.remove_untaken()


@every("files.remove_orphans", seconds=6 * 3600)
async def remove_orphans() -> None:
    await service.remove_orphans()
