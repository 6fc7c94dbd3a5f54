"""Taking files in, and giving them out.

A file comes in two steps. `look_into` checks, cleans and keeps it before the request's transaction begins, since a file may take seconds
and a transaction must not wait for it; `take` makes it a room's own, in that transaction. What nobody takes is swept after a day.
"""

import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, outbox
from common.actor import Actor
from common.db import unit_of_work
from common.errors import DomainError
from common.files import queries
from common.files.cleaning import Cleaned, clean, shrink
from common.files.errors import FileTooLarge, NoSuchFile, QuotaReached, UploadGone
from common.files.models import WIDTHS, StoredFile, key_of
from common.files.purposes import PURPOSES
from common.files.scanning import scan
from common.files.schemas import Upload
from common.files.stores import store
from common.settings import get_settings

log = structlog.get_logger(__name__)
UNTAKEN = timedelta(days=1)
ORPHAN_AGE = timedelta(days=1)
WRITTEN_BY_NOW = timedelta(hours=1)  # bytes follow their row within seconds
PAGE = 1000


async def look_into(actor: Actor, *, data: bytes, filename: str, purpose: str) -> Upload:
    """Check, clean and keep an upload, in transactions of its own: call it while none is open. What is wrong with it is in the answer."""
    try:
        return Upload(filename, (await _keep(actor, data, filename, purpose)).id)
    except DomainError as error:
        return Upload(filename, error=error)


async def take(session: AsyncSession, actor: Actor, upload: Upload, purpose: str) -> StoredFile:
    """Make the upload a room's own. Raises what was wrong with it; UploadGone when it was taken or swept before."""
    if upload.error is not None:
        raise upload.error
    assert upload.file_id is not None
    file = await queries.waiting_for_update(session, upload.file_id, actor.person_id, purpose)
    if file is None:
        raise UploadGone
    file.waiting_since = None
    await session.flush()
    if file.is_image:
        await outbox.enqueue(session, "files.make_thumbnails", key=f"thumbnails:{file.id}", file_id=str(file.id))
    return file


async def drop(session: AsyncSession, file_ids: Iterable[UUID]) -> None:
    """Nobody can open them from this commit on; a job takes the bytes."""
    dropping = delete(StoredFile).where(col(StoredFile.id).in_(list(file_ids))).returning(col(StoredFile.id))
    for file_id in await session.scalars(dropping):
        await outbox.enqueue(session, "files.remove_bytes", file_id=str(file_id))


async def drop_untaken(uploads: Sequence[Upload]) -> None:
    """The request that these came with has failed: give their room back."""
    async with unit_of_work() as session:
        waiting = await queries.still_waiting(session, [upload.file_id for upload in uploads if upload.file_id])
        await drop(session, waiting)


async def read(file: StoredFile, width: int | None = None) -> tuple[bytes, str]:
    """The bytes and their media type; the smallest thumbnail that is at least `width` wide, the file itself while there is none."""
    fitting = [made for made in sorted(file.thumbnails) if width is not None and made >= width]
    try:
        if fitting:
            return await store().get(file.thumbnail_key(fitting[0])), "image/webp"
        return await store().get(file.key), file.kind
    except KeyError:
        raise NoSuchFile from None


async def make_thumbnails(file_id: UUID) -> None:
    """Make what is missing; a second run finds nothing to do. No transaction is open meanwhile."""
    async with unit_of_work() as session:
        file = await session.get(StoredFile, file_id)
    if file is None or set(file.thumbnails) >= set(WIDTHS):
        return
    made = await shrink(await store().get(file.key), WIDTHS)
    for width, data in zip(WIDTHS, made, strict=True):
        await store().put(file.thumbnail_key(width), data, "image/webp")
    async with unit_of_work() as session:
        if fresh := await session.get(StoredFile, file_id, with_for_update=True):
            fresh.thumbnails = list(WIDTHS)


async def remove_bytes(file_id: UUID) -> None:
    """The bytes of a file whose row is gone; a second run deletes nothing."""
    async with unit_of_work() as session:
        if await queries.known_ids(session, [file_id]):
            return
    for width in (None, *WIDTHS):
        await store().delete(key_of(file_id, width))


async def remove_untaken() -> int:
    """Delete uploads that no room has taken within a day, page by page; returns how many."""
    removed = 0
    while True:
        async with unit_of_work() as session:
            page = await queries.waiting_since(session, clock.now() - UNTAKEN, PAGE)
            await drop(session, page)
        removed += len(page)
        if len(page) < PAGE:
            return removed


async def remove_orphans() -> int:
    """Delete bytes without a row, and rows without bytes that no room has taken; returns how many.

    A room's file without its bytes is never deleted: its row says what is lost, and a backup may bring it back. It is told of in the log.
    """
    rows = {file_id: since async for file_id, since in _rows()}
    written = dict(await store().keys())  # after the rows: bytes are written before a room takes their file
    orphans = [key for key, at in written.items() if at < clock.now() - ORPHAN_AGE and _file_id(key) not in rows]
    for key in orphans:
        await store().delete(key)
    hollow = [file_id for file_id in rows if key_of(file_id) not in written]
    late = [file_id for file_id in hollow if (since := rows[file_id]) and since < clock.now() - WRITTEN_BY_NOW]
    async with unit_of_work() as session:
        removed = await queries.still_waiting(session, late)
        await drop(session, removed)
    await _tell_of_lost([file_id for file_id in hollow if rows[file_id] is None])
    return len(orphans) + len(removed)


async def _keep(actor: Actor, data: bytes, filename: str, purpose: str) -> StoredFile:
    """The dear work comes after all that is cheap to know; the row before the bytes, so that whatever was killed half-way is found."""
    limit = get_settings().upload_limit
    if len(data) > limit:
        raise FileTooLarge(megabytes=limit // 2**20)
    async with unit_of_work() as session:
        room = await queries.room_of(session, actor.person_id)
    if room.files >= room.most_files or room.bytes >= room.most_bytes:
        raise QuotaReached(files=room.most_files, megabytes=room.most_bytes // 2**20)
    await scan(data)
    cleaned = await clean(data, PURPOSES[purpose].kinds)
    file = _row(actor, cleaned, filename, purpose)
    await _reserve(file, actor.person_id)
    try:
        await store().put(file.key, cleaned.data, cleaned.kind)
    except BaseException:
        await drop_untaken([Upload(filename, file.id)])
        raise
    return file


async def _reserve(file: StoredFile, owner_id: UUID) -> None:
    """Write the row; the table itself counts. Raises QuotaReached."""
    try:
        async with unit_of_work() as session:
            session.add(file)
            await queries.begin_waiting(session, file)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "__cause__", None), "constraint_name", "") != "ck_files_within_quota":
            raise
        async with unit_of_work() as session:
            room = await queries.room_of(session, owner_id)
        raise QuotaReached(files=room.most_files, megabytes=room.most_bytes // 2**20) from None


async def _rows() -> AsyncIterator[tuple[UUID, datetime | None]]:
    """Every file and since when it waits, read page by page."""
    last: UUID | None = None
    while True:
        async with unit_of_work() as session:
            page = await queries.rows_after(session, last, PAGE)
        for row in page:
            yield row
        if len(page) < PAGE:
            return
        last = page[-1][0]


async def _tell_of_lost(file_ids: Sequence[UUID]) -> None:
    """Those whose rows still stand."""
    async with unit_of_work() as session:
        lost = [await queries.known_ids(session, file_ids[at : at + PAGE]) for at in range(0, len(file_ids), PAGE)]
    if any(lost):
        log.error("files_without_bytes", files=sum(map(len, lost)))


def _row(actor: Actor, cleaned: Cleaned, filename: str, purpose: str) -> StoredFile:
    return StoredFile(
        owner_id=actor.person_id,
        purpose=purpose,
        filename=tidy_name(filename),
        kind=cleaned.kind,
        size=len(cleaned.data),
        sha256=hashlib.sha256(cleaned.data).digest(),
        width=cleaned.width,
        height=cleaned.height,
    )


def tidy_name(filename: str) -> str:
    """A name that is safe to show and to download under: no path, no control characters, at most 80 characters."""
    bare = unicodedata.normalize("NFKC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    return re.sub(r"[^\w.\- ()]", "_", bare).strip(". ")[-80:] or "berkas"


def _file_id(key: str) -> UUID | None:
    try:
        return UUID(key.split("/", 1)[1].split(".", 1)[0])
    except (IndexError, ValueError):
        return None
