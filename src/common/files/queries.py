"""Reads of files' rows, and the rule of who may see one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.files.errors import NoSuchFile
from common.files.models import FileQuota, FileUsage, StoredFile, keys_of
from common.files.purposes import PURPOSES
from common.files.schemas import Room


async def visible(session: AsyncSession, visitor: Actor | None, file_id: UUID) -> StoredFile:
    """The file, if the visitor may see it. NoSuchFile otherwise: that it exists is also nobody's business."""
    file = await session.get(StoredFile, file_id)
    if file is None or not await _may_read(session, visitor, file):
        raise NoSuchFile
    await _put_on_record(session, visitor, file)
    return file


async def visible_by_duty(session: AsyncSession, visitor: Actor, file_id: UUID) -> StoredFile:
    """The file, for whom its purpose lets read it besides the owner: an officer with the case on the desk. NoSuchFile otherwise."""
    file = await session.get(StoredFile, file_id)
    purpose = PURPOSES.get(file.purpose) if file else None
    if file is None or purpose is None or not await purpose.may_read(session, visitor, file):
        raise NoSuchFile
    await _put_on_record(session, visitor, file)
    return file


async def _put_on_record(session: AsyncSession, reader: Actor | None, file: StoredFile) -> None:
    """What everybody may see is no secret of anybody, and one's own is one's own."""
    purpose = PURPOSES.get(file.purpose)
    if reader is None or purpose is None or purpose.public or reader.person_id == file.owner_id:
        return
    label, office = await purpose.about(session, file)
    await reading.record(
        session, reader, owner_id=file.owner_id, subject_kind="file", subject_id=file.id, purpose=Purpose.PAPER, label=label,
        role=Role.OFFICER if office else None, office=office,
    )  # fmt: skip


async def pdfs_among(session: AsyncSession, file_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these files are PDFs."""
    found = await session.scalars(select(StoredFile).where(col(StoredFile.id).in_(file_ids)))
    return {file.id for file in found if file.is_pdf}


async def owned(session: AsyncSession, owner_id: UUID, file_ids: Sequence[UUID], purpose: str) -> list[StoredFile]:
    """Those of `file_ids` that the person uploaded for `purpose`."""
    mine = select(StoredFile).where(col(StoredFile.id).in_(file_ids), col(StoredFile.owner_id) == owner_id)
    return list(await session.scalars(mine.where(col(StoredFile.purpose) == purpose)))


async def all_owned(session: AsyncSession, owner_id: UUID) -> list[StoredFile]:
    """Everything that a person uploaded, newest first: for the download of one's data."""
    mine = select(StoredFile).where(col(StoredFile.owner_id) == owner_id).order_by(col(StoredFile.id).desc())
    return list(await session.scalars(mine))


async def room_of(session: AsyncSession, owner_id: UUID) -> Room:
    """How much a person keeps and may keep, as of now."""
    most_files = func.coalesce(col(FileUsage.most_files), col(FileQuota.most_files))
    most_bytes = func.coalesce(col(FileUsage.most_bytes), col(FileQuota.most_bytes))
    kept = [func.coalesce(col(counted), 0) for counted in (FileUsage.files, FileUsage.bytes)]
    asked = select(*kept, most_files, most_bytes).select_from(FileQuota).outerjoin(FileUsage, col(FileUsage.owner_id) == owner_id)
    row = (await session.execute(asked)).one()
    return Room(row[0], row[1], row[2], row[3])


async def begin_waiting(session: AsyncSession, file: StoredFile) -> None:
    """By the database's clock: the sweep means hours that have really passed, also where a history is told with another clock."""
    await session.flush()
    waiting = update(StoredFile).where(col(StoredFile.id) == file.id).values(waiting_since=func.now())
    await session.execute(waiting, execution_options={"synchronize_session": False})


async def waiting_for_update(session: AsyncSession, file_id: UUID, owner_id: UUID, purpose: str) -> StoredFile | None:
    """One's own upload that no room has taken yet."""
    waiting = select(StoredFile).where(col(StoredFile.id) == file_id, col(StoredFile.waiting_since).is_not(None))
    mine = waiting.where(col(StoredFile.owner_id) == owner_id, col(StoredFile.purpose) == purpose)
    found: StoredFile | None = await session.scalar(mine.with_for_update())
    return found


async def still_waiting(session: AsyncSession, file_ids: Sequence[UUID]) -> list[UUID]:
    """Those of `file_ids` that no room has taken, locked."""
    waiting = select(col(StoredFile.id)).where(col(StoredFile.id).in_(file_ids), col(StoredFile.waiting_since).is_not(None))
    return list(await session.scalars(waiting.order_by(col(StoredFile.id)).with_for_update()))


async def waiting_since(session: AsyncSession, moment: datetime, limit: int) -> list[UUID]:
    """Uploads that nobody has taken since before `moment`, locked; those under way elsewhere left out."""
    waiting = select(col(StoredFile.id)).where(col(StoredFile.waiting_since) < moment).order_by(col(StoredFile.id)).limit(limit)
    return list(await session.scalars(waiting.with_for_update(skip_locked=True)))


async def rows_after(session: AsyncSession, file_id: UUID | None, limit: int) -> list[tuple[UUID, datetime | None]]:
    """A page of all files by id: the id, and since when it waits."""
    rows = select(col(StoredFile.id), col(StoredFile.waiting_since))
    if file_id is not None:
        rows = rows.where(col(StoredFile.id) > file_id)
    return [(row.id, row.waiting_since) for row in await session.execute(rows.order_by(col(StoredFile.id)).limit(limit))]


async def known_ids(session: AsyncSession, file_ids: Sequence[UUID]) -> set[UUID]:
    return set(await session.scalars(select(col(StoredFile.id)).where(col(StoredFile.id).in_(file_ids))))


async def keys_since(session: AsyncSession, since: datetime) -> list[str]:
    """Where the bytes of all files since that moment lie, thumbnails too. Ids sort by time, so this reads the end of an index."""
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    found = await session.execute(select(col(StoredFile.id), col(StoredFile.thumbnails)).where(col(StoredFile.id) >= first))
    return [key for file_id, widths in found for key in keys_of(file_id, widths)]


async def _may_read(session: AsyncSession, visitor: Actor | None, file: StoredFile) -> bool:
    purpose = PURPOSES.get(file.purpose)
    if purpose is not None and purpose.public:
        return True
    if visitor is None:
        return False
    return visitor.person_id == file.owner_id or (purpose is not None and await purpose.may_read(session, visitor, file))
