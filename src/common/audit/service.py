"""Recording deeds, sealing them, and proving that nothing was changed."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from common.audit import queries
from common.audit.models import AuditEntry, AuditSeal
from common.db import to_json
from common.settings import get_settings

BATCH = 1000
NIK_LIKE = re.compile(r"\d{16}")


async def record(
    session: AsyncSession, actor: Actor | None, action: str, *, subject_kind: str, subject_id: UUID | str, **details: Any
) -> None:
    """Write one deed into the trail, in the deed's own transaction. `actor` None: the system itself."""
    session.add(
        AuditEntry(
            actor_id=actor.person_id if actor else None,
            action=action,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            details={key: value if isinstance(value, int | bool | None) else without_nik(str(value)) for key, value in details.items()},
        )
    )
    await session.flush()


def without_nik(text: str) -> str:
    """What somebody typed may hold a NIK; the trail does not."""
    return NIK_LIKE.sub("•" * 16, text)


async def seal(session: AsyncSession) -> int:
    """Seal what was committed since; returns how many. One at a time in the whole city, by an advisory lock."""
    await session.execute(text("SELECT pg_advisory_xact_lock(20261, 1)"))
    last = await queries.last_seal(session)
    seq, link = (last.seq, last.hash) if last else (0, b"")
    entries = await queries.unsealed(session, BATCH)
    for entry in entries:
        seq, link = seq + 1, _hash(link, entry)
        session.add(AuditSeal(seq=seq, entry_id=entry.id, hash=link))
    await session.flush()
    return len(entries)


@dataclass(frozen=True)
class Verdict:
    """`broken_at`: the first seal that does not fit, None when all do. `unsealed`: entries that wait for their seal."""

    sealed: int
    unsealed: int
    broken_at: int | None
    head: str


async def verify(session: AsyncSession) -> Verdict:
    """Walk the whole chain. Keep the `head` elsewhere: it also proves that no end was cut off."""
    seq, link = 0, b""
    while rows := await queries.sealed_after(session, seq, BATCH):
        for seal_row, entry in rows:
            link = _hash(link, entry) if entry else b""
            if seal_row.seq != seq + 1 or not hmac.compare_digest(link, seal_row.hash):
                return Verdict(seq, await queries.count_unsealed(session), seq + 1, link.hex())
            seq += 1
        session.expunge_all()
    return Verdict(seq, await queries.count_unsealed(session), None, link.hex())


def _hash(previous: bytes, entry: AuditEntry) -> bytes:
    fields = [entry.id, entry.at.isoformat(), entry.actor_id, entry.action, entry.subject_kind, entry.subject_id, entry.details]
    key = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(key, previous + to_json(fields).encode(), hashlib.sha256).digest()
