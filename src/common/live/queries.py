"""Reading streams: our own tables, or the domain's own store."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from common.db import hot, to_json
from common.live.registry import Namespace, find

Publication = tuple[int, msgspec.Raw]


class Ending(NamedTuple):
    """`ended` is a session or API token when `kind` is `key`, else whoever lost a role."""

    id: UUID
    kind: str
    ended: UUID


PAGE = 100  # publications at once
PAGE_BYTES = 16 * 1024  # a weak line carries so much within the five seconds that an SDK waits for an answer

# The cluster's identity, its timeline (a restore to a point in time or a promotion begins another) and the database's own number: a backup
# restored anywhere differs in one of them, and clients that saw the lost future reload instead of recovering.
EPOCH = """
SELECT s.system_identifier || '/' || c.timeline_id || '/' || d.oid
FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
"""


async def epoch() -> str:
    """The name of this database's history: eight hex digits."""
    async with hot() as connection:
        return hashlib.sha256((await connection.fetchval(EPOCH)).encode()).hexdigest()[:8]


async def read(namespace: Namespace, key: str, after: int, limit: int) -> list[Publication]:
    """At most `limit` publications with offset > after, in order. The first one's offset is after + 1 unless the stream was trimmed."""
    if namespace.read is not None:
        return [(offset, msgspec.Raw(to_json(data).encode())) for offset, data in await namespace.read(key, after, limit)]
    sql = 'SELECT "offset", data::text FROM live_publications WHERE channel = $1 AND "offset" > $2 ORDER BY "offset" LIMIT $3'
    async with hot() as connection:
        rows = await connection.fetch(sql, f"{namespace.prefix}:{key}", after, limit)
    return [(row[0], msgspec.Raw(row[1].encode())) for row in rows]


async def page(namespace: Namespace, key: str, after: int, limit: int = PAGE, most_bytes: int = PAGE_BYTES) -> list[Publication]:
    """As `read`, but no more than `most_bytes` of data (one publication at least)."""
    return cut(await read(namespace, key, after, limit), most_bytes)


def cut(found: list[Publication], most_bytes: int) -> list[Publication]:
    """As many as fit, one at least."""
    size = 0
    for count, (_, data) in enumerate(found):
        size += len(data)
        if count and size > most_bytes:
            return found[:count]
    return found


async def endings_since(moment: datetime | None) -> tuple[datetime, list[Ending]]:
    """The database's time, and what ended since `moment` (of the database, too): nothing when that is None."""
    async with hot() as connection:
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
        rows = await connection.fetch("SELECT id, kind, ended FROM live_endings WHERE at > $1", moment or now)
    return now, [Ending(row["id"], row["kind"], row["ended"]) for row in rows]


async def positions(channels: Iterable[str]) -> dict[str, int]:
    """The last offset of each channel, 0 for one in which nothing was ever told: one query for ours, one for each domain with a store."""
    stores: dict[str, list[str]] = defaultdict(list)
    ours: list[str] = []
    for channel in channels:
        found = find(channel)
        if found is not None and found[0].positions is not None:
            stores[found[0].prefix].append(found[1])
        else:
            ours.append(channel)
    last = dict.fromkeys(ours, 0) | await _own_positions(ours)
    for prefix, keys in stores.items():
        last |= await _store_positions(prefix, keys)
    return last


async def _own_positions(channels: list[str]) -> dict[str, int]:
    if not channels:
        return {}
    async with hot() as connection:
        rows = await connection.fetch("SELECT channel, last_offset FROM live_channels WHERE channel = ANY($1)", channels)
    return {row[0]: row[1] for row in rows}


async def _store_positions(prefix: str, keys: list[str]) -> dict[str, int]:
    found: Any = find(f"{prefix}:{keys[0]}")
    last = await found[0].positions(keys)
    return {f"{prefix}:{key}": last.get(key, 0) for key in keys}
