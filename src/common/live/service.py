"""Telling: publications are written just before COMMIT, in the transaction of their cause; subscribers are woken after it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.db import asyncpg_of, to_json
from common.deeds import after_commit, before_commit
from common.live import wakeups
from common.live.wakeups import Passing, Wakeup

# One statement: offsets of all channels (rows locked in the order of their names, so that two transactions never wait for each other
# in a circle) and all publications. Each channel: $1 name, $2 count of tellings; each telling: $3 channel, $4 number (1..count), $5 data.
WRITE = """
WITH counted AS (
    INSERT INTO live_channels (channel, last_offset)
    SELECT channel, count FROM unnest($1::text[], $2::bigint[]) AS c (channel, count) ORDER BY channel
    ON CONFLICT (channel) DO UPDATE SET last_offset = live_channels.last_offset + excluded.last_offset
    RETURNING channel, last_offset
), before AS (
    SELECT channel, last_offset - count AS base FROM counted JOIN unnest($1::text[], $2::bigint[]) AS c (channel, count) USING (channel)
)
INSERT INTO live_publications (channel, "offset", data, at)
SELECT channel, base + number, data::jsonb, $6
FROM before JOIN unnest($3::text[], $4::bigint[], $5::text[]) AS told (channel, number, data) USING (channel)
RETURNING channel, "offset"
"""


async def tell(session: AsyncSession, channel: str, data: Any) -> None:
    """Publish `data` (a JSON value; UUID and datetime allowed) in `channel` with this transaction.

    It gets its offset just before COMMIT, so that the channel's lock is held for that moment only; tellings of one transaction keep
    their order. Nothing is told when the transaction rolls back.
    """
    told: list[tuple[str, str]] = session.info.setdefault("live_told", [])
    told.append((channel, to_json(data)))

    async def write() -> None:
        await _write(session)

    before_commit(session, "live.tell", write)


async def pass_on(channel: str, data: Any, *, strangers: Collection[UUID] = ()) -> None:
    """A signal for whoever looks at `channel` now, but not for `strangers`: not stored, no offset, no promise."""
    await wakeups.publish(passing=[Passing(channel, msgspec.Raw(to_json(data).encode()), list(strangers))])


async def sign_out(session: AsyncSession, key_id: UUID) -> None:
    """Close the sockets of a session or an API token in the moment in which this transaction commits.

    The database tells the door by itself of every session, token and role that ends (migration 0022); that takes up to a second.
    """

    async def close() -> None:
        await wakeups.publish(gone=key_id)

    after_commit(session, close)


async def _write(session: AsyncSession) -> None:
    told: list[tuple[str, str]] = session.info.pop("live_told", [])
    if not told:
        return
    counts: dict[str, int] = {}
    numbers = []
    for channel, _ in told:
        counts[channel] = counts.get(channel, 0) + 1
        numbers.append(counts[channel])
    connection = await asyncpg_of(session)
    channels, texts = [channel for channel, _ in told], [text for _, text in told]
    rows = await connection.fetch(WRITE, list(counts), list(counts.values()), channels, numbers, texts, clock.now())
    last: dict[str, int] = {}
    for row in rows:
        last[row["channel"]] = max(row["offset"], last.get(row["channel"], 0))
    woken = [
        Wakeup(channel, last[channel] - counts[channel] + number, msgspec.Raw(text.encode()))
        for (channel, text), number in zip(told, numbers, strict=True)
    ]

    async def wake() -> None:
        await wakeups.publish(woken)

    after_commit(session, wake)
