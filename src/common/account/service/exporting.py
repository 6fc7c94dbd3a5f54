"""The download of one's own data: asked for, put together by a job, opened by its owner, dropped after seven days.

The bytes stand sealed in the row itself and not in the store of files: whoever copies the store or a dump has nothing to read, and the
row's transaction is the only moment at which they appear or go.
"""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, outbox, personal
from common.account import queries
from common.account.errors import ExportedJustNow, ExportGone
from common.account.models import DataExport
from common.actor import Actor
from common.audit import service as audit
from common.i18n import N_
from common.identity import queries as identity
from common.notifications import service as notifications
from common.sealing import seal, unseal
from common.settings import get_settings

ASSEMBLE = "account.assemble"
PURPOSE = "data-export"
KEPT = timedelta(days=7)
PAUSE = timedelta(hours=1)
READ_ME = N_(
    "Ini semua data tentang Anda yang disimpan Marvec, satu berkas JSON untuk tiap bagian. Simpan baik-baik: mungkin ada NIK di dalamnya."
)
READY = N_("Data Anda siap diunduh sampai tujuh hari ke depan.")


async def ask_export(session: AsyncSession, actor: Actor) -> DataExport:
    """Ask for a download; while one is being made it is that one. Raises ExportedJustNow within an hour of the last."""
    await identity.for_update(session, actor.person_id)
    newest = await queries.newest_export(session, actor.person_id)
    if newest is not None and newest.ready_at is None:
        return newest
    if newest is not None and newest.asked_at > clock.now() - PAUSE:
        raise ExportedJustNow
    row = DataExport(person_id=actor.person_id)
    session.add(row)
    await session.flush()
    await audit.record(session, actor, "account.export_asked", subject_kind="person", subject_id=actor.person_id)
    await outbox.enqueue(session, ASSEMBLE, key=f"export:{row.id}", export_id=str(row.id))
    return row


async def assemble(session: AsyncSession, export_id: UUID) -> None:
    """Put the ZIP together and tell its owner. A second run, or one after the account was closed, does nothing."""
    row = await session.get(DataExport, export_id, with_for_update=True)
    if row is None or row.ready_at is not None:
        return
    body = _zipped(await personal.all_of(session, row.person_id))
    row.sealed = seal(_key(), body, purpose=PURPOSE, subject=str(row.id))
    row.size, row.ready_at, row.expires_at = len(body), clock.now(), clock.now() + KEPT
    await session.flush()
    await notifications.notify(session, row.person_id, kind="account.export_ready", text=READY, link="/akun/data")


async def open_export(session: AsyncSession, actor: Actor, export_id: UUID) -> bytes:
    """The ZIP, for its owner; on record. Raises NoSuchExport, ExportGone."""
    row = await queries.export(session, actor.person_id, export_id)
    if not row.readable or row.sealed is None:
        raise ExportGone
    await audit.record(session, actor, "account.export_opened", subject_kind="person", subject_id=actor.person_id)
    return unseal(_key(), row.sealed, purpose=PURPOSE, subject=str(row.id))


async def drop_expired(session: AsyncSession) -> None:
    """Let go of bytes whose seven days are over."""
    over = col(DataExport.expires_at) <= clock.now()
    await session.execute(update(DataExport).where(over, col(DataExport.sealed).is_not(None)).values(sealed=None))


def _zipped(parts: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("BACA-SAYA.txt", READ_ME + "\n")
        for name, part in parts.items():
            packed.writestr(f"{name}.json", json.dumps(part, indent=1, ensure_ascii=False, default=str))
    return out.getvalue()


def _key() -> str:
    """The key of NIKs: a file may hold one."""
    return get_settings().nik_key.get_secret_value()
