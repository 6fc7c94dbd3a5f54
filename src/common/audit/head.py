"""The head of the chain, kept where the database cannot reach it: without it nobody sees that an end was cut off, or that the database was
set back to an older state. It is signed, so that nobody without the service's key can put another in its place.

The head only ever goes forward. Where it does not fit any more it is left as it is, and said so, until somebody acknowledges the cut; what
was acknowledged stays in the head and, as an entry, in the trail.
"""

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor
from common.audit import queries, service
from common.audit.models import AuditEntry, AuditSeal
from common.db import to_json, unit_of_work
from common.sealing import keyed_hash
from common.settings import get_settings

KEY = "audit/head.json"
SUBJECT = {"subject_kind": "audit", "subject_id": "head"}
BEGUN, ACKNOWLEDGED = "audit.head_kept", "audit.cut_acknowledged"


class Place(Protocol):
    """Where the head is kept. `get` raises KeyError when there is nothing."""

    async def put(self, key: str, data: bytes, kind: str) -> None: ...
    async def get(self, key: str) -> bytes: ...
    async def delete(self, key: str) -> None: ...


class Standing(StrEnum):
    """How the kept head stands to the trail in the database."""

    FITS = "fits"
    NONE = "none"  # none was ever kept
    LOST = "lost"  # one was kept, and is gone
    FORGED = "forged"  # not signed by our key
    CUT = "cut"  # the trail ends before it, or goes on without it


@dataclass(frozen=True)
class Cut:
    """An end that is missing, and why that is well. `kept`: the head at that time; `found`: the last seal of the database."""

    at: str
    kept: int
    found: int
    because: str


@dataclass(frozen=True)
class Head:
    """Seal `seq` has this `hash`; seal 0 is before all. `at`: when it was kept."""

    seq: int
    hash: str
    at: str
    cuts: tuple[Cut, ...] = ()

    @property
    def kept_at(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def fits(self, seal: AuditSeal | None) -> bool:
        return self.seq == 0 if seal is None else hmac.compare_digest(self.hash, seal.hash.hex())


@dataclass(frozen=True)
class Finding:
    """`last`: the last seal that the database has now, 0 without any."""

    standing: Standing
    last: int
    kept: Head | None = None

    @property
    def ill(self) -> bool:
        return self.standing not in (Standing.FITS, Standing.NONE)


async def keep(place: Place) -> Finding:
    """Bring the kept head up to the last seal; what does not fit is left alone. May run twice: the head only goes forward."""
    raw = await read(place)
    async with unit_of_work() as session:
        finding = await compare(session, raw)
        last = await queries.last_seal(session)
    if finding.ill or last is None:
        return finding
    if finding.kept is None or finding.kept.seq < last.seq:
        await _write(place, Head(last.seq, last.hash.hex(), clock.now().isoformat(), finding.kept.cuts if finding.kept else ()))
    async with unit_of_work() as session:  # after the head itself: who is killed in between has lost nothing
        if not await _is_begun(session):
            await service.record(session, None, BEGUN, **SUBJECT, seq=last.seq)
    return finding


async def read(place: Place) -> bytes | None:
    """What is kept, for `compare`; None when nothing is. Apart from it, so that a place that hangs holds no connection."""
    try:
        return await place.get(KEY)
    except KeyError:
        return None


async def compare(session: AsyncSession, raw: bytes | None) -> Finding:
    """Whether the trail still has the head that was kept."""
    last = await queries.last_seal(session)
    seq = last.seq if last else 0
    if raw is None:
        return Finding(Standing.LOST if await _is_begun(session) else Standing.NONE, seq)
    kept = _opened(raw)
    if kept is None:
        return Finding(Standing.FORGED, seq)
    fits = kept.fits(await queries.seal_at(session, kept.seq))
    return Finding(Standing.FITS if fits else Standing.CUT, seq, kept)


def by_hand(text: str) -> Head:
    """What `marvec audit head` printed. Raises ValueError."""
    seq, _, seal = text.strip().partition(":")
    return Head(int(seq), bytes.fromhex(seal).hex(), "")


async def is_in(session: AsyncSession, head: Head) -> bool:
    return head.fits(await queries.seal_at(session, head.seq))


async def acknowledge(place: Place, actor: Actor | None, because: str) -> Finding:
    """Somebody knows why the head does not fit (a backup was restored): on record here and in the trail. -> what was found before."""
    raw = await read(place)
    async with unit_of_work() as session:
        finding = await compare(session, raw)
        last = await queries.last_seal(session)
        if not finding.ill:
            return finding
        kept = finding.kept or Head(0, "", "")
        facts: dict[str, Any] = {"kept": kept.seq, "kept_hash": kept.hash, "found": finding.last, "because": because}
        await service.record(session, actor, ACKNOWLEDGED, **SUBJECT, standing=finding.standing.value, **facts)
    now = clock.now().isoformat()
    cut = Cut(now, kept.seq, finding.last, service.without_nik(because))
    await _write(place, Head(finding.last, last.hash.hex() if last else "", now, (*kept.cuts, cut)))
    return finding


async def forget(place: Place) -> None:
    """With the trail itself, when the demonstration city is emptied."""
    await place.delete(KEY)


async def _is_begun(session: AsyncSession) -> bool:
    about = (col(AuditEntry.subject_kind) == SUBJECT["subject_kind"], col(AuditEntry.subject_id) == SUBJECT["subject_id"])
    return bool(await session.scalar(select(exists().where(*about))))


async def _write(place: Place, head: Head) -> None:
    body = asdict(head)
    await place.put(KEY, json.dumps(body | {"signature": _signature(body)}, indent=1).encode(), "application/json")


def _opened(raw: bytes) -> Head | None:
    """None for what our key has not signed."""
    try:
        body = json.loads(raw)
        signature = body.pop("signature")
        if not hmac.compare_digest(signature, _signature(body)):
            return None
        return Head(body["seq"], body["hash"], body["at"], tuple(Cut(**one) for one in body["cuts"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _signature(body: dict[str, Any]) -> str:
    return keyed_hash(get_settings().secret_key.get_secret_value(), to_json(body), purpose="audit-head").hex()
