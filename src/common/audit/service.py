"""Recording deeds, sealing them, and proving that nothing was changed."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, LargeBinary, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from common.audit import queries
from common.audit.models import AuditEntry
from common.db import to_json
from common.sealing import keys_of
from common.settings import get_settings

BATCH = 1000
SOON, OVERDUE = timedelta(minutes=1), timedelta(minutes=3)
"""Within which every entry is sealed, and after which somebody must be told that it is not."""
SEAL = text("INSERT INTO audit_seals (seq, entry_id, hash) SELECT * FROM unnest(:seqs, :entries, :hashes)").bindparams(
    bindparam("seqs", type_=ARRAY(BigInteger)), bindparam("entries", type_=ARRAY(Uuid)), bindparam("hashes", type_=ARRAY(LargeBinary))
)
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
    """Seal what waits, a batch of it; returns how many. One at a time in the whole city, by an advisory lock."""
    await session.execute(text("SELECT pg_advisory_xact_lock(20261, 1)"))
    entries = await queries.unsealed(session, BATCH)
    if not entries:
        return 0
    last = await queries.last_seal(session)
    seq, link, hashes = last.seq if last else 0, last.hash if last else b"", []
    for entry in entries:
        link = _hash(_keys()[0], link, entry)
        hashes.append(link)
    seqs = list(range(seq + 1, seq + 1 + len(hashes)))
    await session.execute(SEAL, {"seqs": seqs, "entries": [entry.id for entry in entries], "hashes": hashes})
    return len(entries)


@dataclass(frozen=True)
class Verdict:
    """`broken_at`: the first seal that does not fit, None when all do. `unsealed`: entries that wait for their seal, the first of them for
    `longest`. `forgotten`: entries that have no seal and wait for none."""

    sealed: int
    unsealed: int
    longest: timedelta
    forgotten: int
    broken_at: int | None
    head: str

    @property
    def holds(self) -> bool:
        return self.broken_at is None and not self.forgotten and self.longest <= OVERDUE


async def verify(session: AsyncSession) -> Verdict:
    """Walk the whole chain. That no end was cut off only its head proves, which is kept elsewhere (`head`)."""
    seq, link, broken_at, keys = 0, b"", None, _keys()
    while broken_at is None and (rows := await queries.sealed_after(session, seq, BATCH)):
        for seal_row, entry in rows:
            if seal_row.seq != seq + 1 or entry is None or not _fits(keys, link, entry, seal_row.hash):
                broken_at = seq + 1
                break
            seq, link = seq + 1, seal_row.hash
        session.expunge_all()
    unsealed, longest = await queries.waiting(session)
    return Verdict(seq, unsealed, longest, await queries.count_forgotten(session), broken_at, link.hex())


def _fits(keys: list[str], previous: bytes, entry: AuditEntry, found: bytes) -> bool:
    """Whether one of the keys made this seal; that one is tried first from now on."""
    for key in keys:
        if hmac.compare_digest(_hash(key, previous, entry), found):
            keys.remove(key)
            keys.insert(0, key)
            return True
    return False


def _hash(key: str, previous: bytes, entry: AuditEntry) -> bytes:
    fields = [entry.id, entry.at.isoformat(), entry.actor_id, entry.action, entry.subject_kind, entry.subject_id, entry.details]
    return hmac.new(key.encode(), previous + to_json(fields).encode(), hashlib.sha256).digest()


def _keys() -> list[str]:
    return keys_of(get_settings().secret_key.get_secret_value())
