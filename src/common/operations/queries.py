"""Reads of the outbox, for people."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.outbox import OutboxRow
from common.web import paging

STATES = ("dead", "retrying", "due", "later")


def _in_state(state: str) -> Select[OutboxRow]:
    """The rows in one state; done ones are nobody's concern."""
    row, now = OutboxRow, clock.now()
    open_rows = select(row).where(col(row.done_at).is_(None))
    if state == "dead":
        return open_rows.where(col(row.dead_at).is_not(None))
    alive = open_rows.where(col(row.dead_at).is_(None))
    if state == "retrying":
        return alive.where(col(row.attempts) > 0)
    untried = alive.where(col(row.attempts) == 0)
    return untried.where(col(row.run_at) <= now) if state == "due" else untried.where(col(row.run_at) > now)


async def rows(session: AsyncSession, state: str, cursor: str | None, limit: int) -> Sequence[OutboxRow]:
    """Rows in a state, newest first; `limit + 1` of them."""
    keys = paging.keys_of(f"jobs:{state}", cursor)
    return (await session.scalars(paging.after(_in_state(state), [col(OutboxRow.id)], keys, descending=True).limit(limit + 1))).all()


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many rows are in each state."""
    found = {}
    for state in STATES:
        counted = select(func.count()).select_from(_in_state(state).subquery())
        found[state] = (await session.scalar(counted)) or 0
    return found


async def oldest_due(session: AsyncSession) -> datetime | None:
    """When the longest waiting piece of work was due; None when nothing waits."""
    due = _in_state("due").subquery()
    found: datetime | None = await session.scalar(select(func.min(due.c.run_at)))
    return found


async def dead_for_update(session: AsyncSession, row_id: UUID) -> OutboxRow | None:
    found: OutboxRow | None = await session.scalar(_in_state("dead").where(col(OutboxRow.id) == row_id).with_for_update())
    return found
