"""Work that must happen: a row in the same transaction as its cause, pushed to the queue after the commit, and swept every few seconds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Column, Field

from common import clock, ids, queue, tracing
from common.db import Table, id_field, utc_field
from common.deeds import after_commit


class OutboxRow(Table, table=True):
    """One piece of work. Done, dead, or still to do; a job's mark (`done_at`) is written in the job's own transaction."""

    __tablename__ = "outbox"

    id: UUID = id_field()
    job: str
    args: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    key: str | None = Field(default=None, unique=True)
    run_at: datetime = utc_field()
    created_at: datetime = utc_field(default_now=True)
    attempts: int = 0
    leased_until: datetime | None = utc_field(nullable=True)
    done_at: datetime | None = utc_field(nullable=True)
    dead_at: datetime | None = utc_field(nullable=True)
    last_error: str = Field(default="", sa_type=Text)


async def enqueue(session: AsyncSession, job: str, *, key: str | None = None, run_at: datetime | None = None, **args: Any) -> None:
    """Promise that `job` will run with `args` (JSON values) once this transaction commits, not before `run_at`.

    A `key` makes the promise once for all time: a second row of the same key is not written.
    """
    now = clock.now()
    row_id = ids.uuid7()
    row = {
        "id": row_id,
        "job": job,
        "args": args | tracing.carried(),
        "key": key,
        "run_at": run_at or now,
        "created_at": now,
        "attempts": 0,
        "last_error": "",
    }
    await session.execute(insert(OutboxRow).values(row).on_conflict_do_nothing(index_elements=["key"]))
    if (run_at or now) <= now:
        _push_after_commit(session, row_id)


def _push_after_commit(session: AsyncSession, row_id: UUID) -> None:
    waiting: list[UUID] = session.info.setdefault("outbox_waiting", [])
    waiting.append(row_id)
    if len(waiting) > 1:
        return

    async def push() -> None:
        await queue.push(session.info.pop("outbox_waiting", []))

    after_commit(session, push)
