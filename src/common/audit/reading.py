"""Who read what of whom, and why. Each query through which one person's things reach another calls `record` itself, so no handler can
forget it (`tests/architecture/test_reads.py` knows all such queries).

A read is an entry of the trail like any other, written in the transaction that shows it. One transaction counts once; a transaction that
is undone has shown nothing, unless its form is shown again with the page (`db.also_when_shown_again`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Subquery, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor, Role
from common.audit.models import AuditEntry
from common.audit.service import without_nik
from common.deeds import also_when_shown_again
from common.i18n import N_
from common.web import paging

ACTION = "personal.read"
PERSON = AuditEntry.details["person"].astext
LIST = "reads-of-me"


class Purpose(StrEnum):
    """What a thing was opened for."""

    REVIEW = "review"
    DECIDE = "decide"
    CERTIFICATE = "certificate"
    PAPER = "paper"
    QUEUE = "queue"
    CREDENTIAL = "credential"
    IDENTITY = "identity"
    SEARCH = "search"
    SUPPORT = "support"
    MODERATION = "moderation"
    APPEAL = "appeal"
    OWNER_ASKED = "owner-asked"
    MISUSE = "misuse"
    LAW = "law"


PURPOSE_NAMES = {
    Purpose.REVIEW: N_("memeriksa permohonan"),
    Purpose.DECIDE: N_("memutuskan permohonan"),
    Purpose.CERTIFICATE: N_("melihat dokumen yang terbit"),
    Purpose.PAPER: N_("memeriksa berkas yang diunggah"),
    Purpose.QUEUE: N_("memanggil nomor antrean"),
    Purpose.CREDENTIAL: N_("mengurus keabsahan dokumen"),
    Purpose.IDENTITY: N_("memeriksa identitas"),
    Purpose.SEARCH: N_("mencari akun untuk memberi peran"),
    Purpose.SUPPORT: N_("menangani masalah pesanan atau pembayaran"),
    Purpose.MODERATION: N_("memeriksa laporan"),
    Purpose.APPEAL: N_("memeriksa keberatan"),
    Purpose.OWNER_ASKED: N_("membantu pemilik akun yang meminta"),
    Purpose.MISUSE: N_("memeriksa penyalahgunaan akun"),
    Purpose.LAW: N_("permintaan menurut hukum"),
}
SUBJECT_NAMES = {
    "application": N_("Permohonan"),
    "file": N_("Berkas"),
    "queue_ticket": N_("Nomor antrean"),
    "credential": N_("Dokumen resmi"),
    "person": N_("Akun"),
    "happenings": N_("Kejadian keamanan akun"),
    "nik": N_("NIK"),
    "order": N_("Pesanan"),
    "payment": N_("Pembayaran"),
    "conversation": N_("Percakapan"),
    "moderation": N_("Laporan"),
    "appeal": N_("Keberatan"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """Reads of one thing by one reader for one purpose on one day: how often, and when last."""

    reader_id: UUID
    role: str
    office: str
    subject_kind: str
    label: str
    purpose: str
    because: str
    times: int
    last_at: datetime
    first_id: str


async def record(
    session: AsyncSession,
    reader: Actor,
    *,
    owner_id: UUID | None,
    subject_kind: str,
    subject_id: UUID | str,
    purpose: Purpose,
    label: str = "",
    because: str = "",
    role: Role | None = None,
    office: str = "",
) -> None:
    """Put on record that `reader` sees a thing of `owner_id`; nothing when it is the reader's own.

    `label`: what the owner knows the thing by (a reference); `because`: the task or step, or the reason given. No NIK gets in.
    """
    if owner_id is None or owner_id == reader.person_id:
        return
    details = {"person": str(owner_id), "purpose": purpose.value, "label": without_nik(label), "because": without_nik(because)}
    details |= {"role": role.value if role else "", "office": office}
    once: set[tuple[str, str, str, str]] = session.info.setdefault("reads", set())
    key = (str(owner_id), subject_kind, str(subject_id), purpose.value)
    if key in once:
        return
    once.add(key)

    async def write(into: AsyncSession) -> None:
        into.add(
            AuditEntry(actor_id=reader.person_id, action=ACTION, subject_kind=subject_kind, subject_id=str(subject_id), details=details)
        )
        await into.flush()

    await write(session)
    also_when_shown_again(session, write)


async def of_person(session: AsyncSession, person_id: UUID, cursor: str | None, limit: int) -> Sequence[Read]:
    """Who read what of this person, the newest first, a day's repeated reads as one; `limit + 1` rows."""
    grouped = _grouped(person_id)
    newest = paging.after(select(grouped), [grouped.c.last_at, grouped.c.first_id], paging.keys_of(LIST, cursor), descending=True)
    return [Read(**row) for row in (await session.execute(newest.limit(limit + 1))).mappings()]


def _grouped(person_id: UUID) -> Subquery:
    details = [AuditEntry.details[name].astext.label(name) for name in ("role", "office", "label", "purpose", "because")]
    what = (col(AuditEntry.actor_id).label("reader_id"), col(AuditEntry.subject_kind), *details)
    day = func.date_trunc("day", col(AuditEntry.at), clock.WITA.key)
    counted = (
        func.count().label("times"),
        func.max(col(AuditEntry.at)).label("last_at"),
        func.min(cast(AuditEntry.id, Text)).label("first_id"),
    )
    mine = select(*what, *counted).where(col(AuditEntry.action) == ACTION, str(person_id) == PERSON)
    return mine.group_by(col(AuditEntry.actor_id), col(AuditEntry.subject_kind), col(AuditEntry.subject_id), *details, day).subquery()
