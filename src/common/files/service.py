"""Taking files in, and giving them out."""

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, outbox
from common.actor import Actor
from common.db import unit_of_work
from common.files import queries
from common.files.cleaning import Cleaned, clean, thumbnail
from common.files.errors import FileTooLarge, NoSuchFile
from common.files.models import WIDTHS, StoredFile
from common.files.purposes import PURPOSES
from common.files.stores import store
from common.settings import get_settings

ORPHAN_AGE = timedelta(days=1)


async def keep_upload(session: AsyncSession, actor: Actor | None, *, data: bytes, filename: str, purpose: str) -> StoredFile:
    """Check, clean and keep an upload. Raises FileTooLarge, WrongKind, Unreadable, ActiveContent, EmptyFile.

    The bytes are written before the row commits: a crash between the two leaves bytes without a row, which the sweep removes.
    """
    limit = get_settings().upload_limit
    if len(data) > limit:
        raise FileTooLarge(megabytes=limit // 2**20)
    cleaned = await asyncio.to_thread(clean, data, PURPOSES[purpose].kinds)
    file = _row(actor, cleaned, filename, purpose)
    await store().put(file.key, cleaned.data, cleaned.kind)
    session.add(file)
    await session.flush()
    if file.is_image:
        await outbox.enqueue(session, "files.make_thumbnails", key=f"thumbnails:{file.id}", file_id=str(file.id))
    return file


async def drop(session: AsyncSession, file_ids: Sequence[UUID]) -> None:
    """Nobody can open them from this commit on; the sweep of orphans takes the bytes."""
    await session.execute(delete(StoredFile).where(col(StoredFile.id).in_(file_ids)))


async def read(file: StoredFile, width: int | None = None) -> tuple[bytes, str]:
    """The bytes and their media type; the smallest thumbnail that is at least `width` wide, the file itself while there is none."""
    fitting = [made for made in sorted(file.thumbnails) if width is not None and made >= width]
    try:
        if fitting:
            return await store().get(file.thumbnail_key(fitting[0])), "image/webp"
        return await store().get(file.key), file.kind
    except KeyError:
        raise NoSuchFile from None


async def make_thumbnails(session: AsyncSession, file_id: UUID) -> None:
    """Make what is missing; a second run finds nothing to do."""
    file = await session.get(StoredFile, file_id, with_for_update=True)
    if file is None or set(file.thumbnails) >= set(WIDTHS):
        return
    data = await store().get(file.key)
    for width in WIDTHS:
        await store().put(file.thumbnail_key(width), await asyncio.to_thread(thumbnail, data, width), "image/webp")
    file.thumbnails = list(WIDTHS)


async def remove_orphans() -> int:
    """Delete bytes whose row never committed; returns how many."""
    keeper = store()
    old = [key for key, written in await keeper.keys() if written < clock.now() - ORPHAN_AGE]
    owner = {key: _file_id(key) for key in old}
    async with unit_of_work() as session:
        known = await queries.known_ids(session, [file_id for file_id in owner.values() if file_id])
    orphans = [key for key, file_id in owner.items() if file_id not in known]
    for key in orphans:
        await keeper.delete(key)
    return len(orphans)


def _row(actor: Actor | None, cleaned: Cleaned, filename: str, purpose: str) -> StoredFile:
    return StoredFile(
        owner_id=actor.person_id if actor else None,
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
