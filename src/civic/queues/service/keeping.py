"""What the house does by itself: counters follow the city's data, days end. Both may run twice and at the same time."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from civic.directory import queries as directory
from civic.queues import queries
from civic.queues.models import Counter, State
from civic.queues.service.telling import tell_expired
from common import clock

DATA = Path(__file__).parent.parent / "data" / "counters.toml"


async def sync_counters(session: AsyncSession) -> int:
    """Make the counters what the city's data says; those that it no longer names are closed, their tickets stay. Returns how many."""
    rows = list(_rows())
    put = insert(Counter).values(rows)
    fresh = {name: put.excluded[name] for name in rows[0] if name != "code"}
    await session.execute(put.on_conflict_do_update(index_elements=["code"], set_=fresh))
    gone = update(Counter).where(col(Counter.code).not_in([row["code"] for row in rows])).values(is_active=False)
    await session.execute(gone.execution_options(synchronize_session=False))
    return len(rows)


async def close_days(session: AsyncSession, most: int = 50) -> int:
    """End the days gone by: who was at a desk has been served, all others' numbers expire, and they are told. Returns how many ended."""
    ended, expired = 0, []
    for code, day in await queries.unfinished_days(session, clock.today(), most):
        counter = await session.get(Counter, code)
        assert counter is not None, "a foreign key holds the counter"
        await queries.day_for_update(session, counter, day)
        for ticket in await queries.living_in(session, code, day):
            ticket.move_to(State.SERVED if ticket.state == State.SERVING else State.EXPIRED, by=None)
            ended += 1
            if ticket.state == State.EXPIRED:
                expired.append((counter, ticket))
        await session.flush()
    await tell_expired(session, expired)
    return ended


def _rows() -> Iterator[dict[str, Any]]:
    for office in directory.all_offices():
        for rule in _rules():
            if rule["at"] in (office.kind, office.code):
                kind = "puskesmas" if office.kind == "puskesmas" else "office"
                yield {
                    **{name: rule[name] for name in ("name_id", "name_en", "hours", "minutes", "capacity", "desks")},
                    "code": f"{office.code}-{rule['code']}", "place": office.code, "kind": kind, "is_active": True,
                }  # fmt: skip


@lru_cache(maxsize=1)
def _rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["counter"]
    return rules
