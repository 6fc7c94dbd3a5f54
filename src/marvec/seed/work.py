"""How far the chapters are, and telling them here and now instead of in the worker."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import jobs
from common.db import unit_of_work
from common.outbox import OutboxRow
from marvec.seed.chapters import CHAPTER, chapters
from marvec.seed.moments import History

PAUSE = 0.2  # seconds, while a worker tells a chapter
EVERY = 10


@dataclass(frozen=True)
class Progress:
    """Chapter `done` of `total` is the next; `row_id` is its promise."""

    done: int
    total: int
    row_id: UUID


async def progress(session: AsyncSession) -> Progress | None:
    """None when all is told, or nothing was promised, or a chapter was given up."""
    waiting = col(OutboxRow.done_at).is_(None), col(OutboxRow.dead_at).is_(None)
    row = await session.scalar(select(OutboxRow).where(col(OutboxRow.job) == CHAPTER, *waiting))
    if row is None:
        return None
    return Progress(row.args["number"], len(chapters(History(datetime.fromisoformat(row.args["began"])))), row.id)


async def work_off(say: Callable[[str], None]) -> None:
    """Tell all chapters that are left. A worker may do the same beside us: each is told once."""
    told = -1
    while (found := await _look()) is not None:
        if found.done // EVERY > told:
            told = found.done // EVERY
            say(f"chapter {found.done} of {found.total}")
        if not await jobs.run_row(found.row_id):
            say(f"chapter {found.done} failed and is tried again later: see the operator's page of jobs")
            return
        if (after := await _look()) is not None and after.row_id == found.row_id:
            await asyncio.sleep(PAUSE)  # a worker has it
    say("the city is complete")


async def _look() -> Progress | None:
    async with unit_of_work() as session:
        return await progress(session)
