"""Jobs: named functions that the outbox calls. Each may run twice and at the same time; its effect happens once.

An ordinary job runs in one transaction together with its mark. A job with `own_transactions` (it calls a provider, outside any lock)
holds a lease instead, renewed while it runs, and must be idempotent by itself. A `heavy` one (it burns a core) runs only so many at once
in a process, and waits in the outbox meanwhile: it takes no place and no connection from those that somebody waits for.
"""

import asyncio
import os
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import Select, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, metrics, queue, tracing
from common.db import hot, unit_of_work
from common.outbox import OutboxRow

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 10
LEASE = timedelta(seconds=15)  # so long nobody takes over what a killed worker held
HEAVY_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
HOLD = """
    SELECT pg_try_advisory_xact_lock(20260, $1)
    FROM set_config('idle_in_transaction_session_timeout', $2, true)
"""
JobFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Job:
    name: str
    run: JobFunction
    own_transactions: bool
    heavy: bool = False


@dataclass(frozen=True)
class Timer:
    name: str
    run: Callable[[], Awaitable[None]]
    seconds: float


JOBS: dict[str, Job] = {}
TIMERS: dict[str, Timer] = {}
_heavy: set[UUID] = set()
_put_off: dict[UUID, None] = {}
"""Heavy rows of this process: under way, and in the order in which they were put off."""


def job(name: str, *, own_transactions: bool = False, heavy: bool = False) -> Callable[[JobFunction], JobFunction]:
    """Register `async def f(session, **args)` (or, with `own_transactions`, `async def f(**args)`) under `name`; `heavy`: see above."""

    def register(function: JobFunction) -> JobFunction:
        if name in JOBS and JOBS[name].run is not function:
            raise ValueError(f"two jobs are called {name}")
        JOBS[name] = Job(name, function, own_transactions, heavy)
        return function

    return register


def every(name: str, *, seconds: float) -> Callable[[Callable[[], Awaitable[None]]], Callable[[], Awaitable[None]]]:
    """Register a sweep: `async def f()` every `seconds`, in one worker of the city at a time."""

    def register(function: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        TIMERS[name] = Timer(name, function, seconds)
        return function

    return register


async def run_row(row_id: UUID) -> bool:
    """Run one outbox row, if it is due, nobody else has it and, when it is heavy, its turn has come. False when it failed."""
    has_turn = False
    try:
        async with unit_of_work() as session:
            row = await _locked(session, row_id)
            if row is None:
                return True
            found = JOBS[row.job]
            if found.heavy and not (has_turn := _has_its_turn(row_id)):
                return True
            if not found.own_transactions:
                with _watched(row):
                    await found.run(session, **_arguments(row))
                row.done_at = clock.now()
            else:
                row.leased_until = clock.now() + LEASE
        if found.own_transactions:
            async with _lease_of(row_id):
                with _watched(row):
                    await found.run(**_arguments(row))
            await _mark_done(row_id)
        metrics.JOBS.labels(found.name, "done").inc()
    except Exception as error:  # whatever a job raises, its row must learn of it
        await _mark_failed(row_id, error)
        return False
    finally:
        if has_turn:  # not when the row was pushed again while it is under way: the turn belongs to the run that took it
            await _give_turn(row_id)
    return True


async def due_rows(limit: int = 500) -> list[UUID]:
    """Rows whose time has come, oldest first."""
    async with unit_of_work() as session:
        return list(await session.scalars(_due().order_by(col(OutboxRow.run_at)).limit(limit)))


async def sweep() -> None:
    """Push what is due again: a push was lost, a time has come, or a try failed. Not what waits here for its turn."""
    waiting = _put_off if _heavy else {}
    await queue.push([row_id for row_id in await due_rows() if row_id not in waiting])


async def run_timer(timer: Timer) -> bool:
    """Run one sweep under the city-wide lock of its name; False when another worker holds it.

    The lock is its transaction's, so it holds behind a pooler, too. The database takes it back from a worker that fell as soon as it hears
    of it, and from one that hangs (or whose machine is gone) after LEASE without a word.
    """
    async with hot() as connection, connection.transaction():
        if not await connection.fetchval(HOLD, zlib.crc32(timer.name.encode()) - 2**31, f"{LEASE.total_seconds() * 1000:.0f}"):
            return False
        async with _still_there(connection):
            try:
                await timer.run()
            except BaseException:
                connection.terminate()  # the lock goes with it, also when we are cancelled and may not wait for an answer
                raise
    return True


async def keep_timer(timer: Timer, stopping: asyncio.Event, room: asyncio.Semaphore) -> None:
    """Run a sweep again and again until the worker stops; a failure is logged and the next round comes.

    `room` bounds the sweeps at once: each holds a connection for its lock, and needs others to do its work.
    """
    metrics.TIMERS.labels(timer.name, "failed")  # from zero, or the first failure would be no increase
    while not stopping.is_set():
        try:
            async with room:
                if await run_timer(timer):
                    metrics.TIMERS.labels(timer.name, "done").inc()
        except Exception as error:  # the next round must come, whatever this one met
            metrics.TIMERS.labels(timer.name, "failed").inc()
            log.error("timer_failed", timer=timer.name, error=type(error).__name__)
        try:
            await asyncio.wait_for(stopping.wait(), timer.seconds)
        except TimeoutError:
            continue


@asynccontextmanager
async def _still_there(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Say a word in the transaction of `connection` now and then, as long as this process is able to."""
    over = asyncio.Event()

    async def speak() -> None:
        while True:
            try:
                async with asyncio.timeout(LEASE.total_seconds() / 3):
                    await over.wait()
                    return
            except TimeoutError:
                await connection.execute("SELECT")

    speaking = asyncio.create_task(speak())
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(speaking, return_exceptions=True)  # what is on its way must have come before COMMIT


def _due() -> Select[Any]:
    now = clock.now()
    row = OutboxRow
    free = col(row.leased_until).is_(None) | (col(row.leased_until) < now)
    return select(col(row.id)).where(col(row.done_at).is_(None), col(row.dead_at).is_(None), col(row.run_at) <= now, free)


async def _locked(session: AsyncSession, row_id: UUID) -> OutboxRow | None:
    due = _due().with_only_columns(OutboxRow).where(col(OutboxRow.id) == row_id)
    row: OutboxRow | None = await session.scalar(due.with_for_update(skip_locked=True))
    return row


@asynccontextmanager
async def _lease_of(row_id: UUID) -> AsyncIterator[None]:
    """Renew the lease of a row as long as its job runs."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                async with unit_of_work() as session:
                    mine = (col(OutboxRow.id) == row_id) & col(OutboxRow.done_at).is_(None)
                    await session.execute(update(OutboxRow).where(mine).values(leased_until=clock.now() + LEASE))
            except Exception as error:  # the next try may come in time; if none does, the job runs twice, as every job may
                log.warning("lease_not_renewed", row=str(row_id), error=type(error).__name__)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)  # a renewal after the row's mark would put off its next try


@contextmanager
def _watched(row: OutboxRow) -> Iterator[None]:
    """Its seconds, and its span in the trace of whoever enqueued it."""
    began = time.perf_counter()
    with tracing.job(row.job, row.id, row.attempts, row.args.get(tracing.CARRIED)):
        yield
    metrics.JOB_SECONDS.labels(row.job).observe(time.perf_counter() - began)


def _arguments(row: OutboxRow) -> dict[str, Any]:
    return {name: value for name, value in row.args.items() if name != tracing.CARRIED}


def _has_its_turn(row_id: UUID) -> bool:
    if len(_heavy) < HEAVY_AT_ONCE:
        _put_off.pop(row_id, None)
        _heavy.add(row_id)
        return True
    _put_off[row_id] = None
    return False


async def _give_turn(row_id: UUID) -> None:
    """A heavy row ended: the one that waits longest is pushed again. Should that be lost, the sweep pushes it."""
    _heavy.discard(row_id)
    waiting = next(iter(_put_off), None)
    if waiting is not None:
        _put_off.pop(waiting)
        await queue.push([waiting])


async def _mark_done(row_id: UUID) -> None:
    async with unit_of_work() as session:
        await session.execute(update(OutboxRow).where(col(OutboxRow.id) == row_id).values(done_at=clock.now(), leased_until=None))


async def _mark_failed(row_id: UUID, error: Exception) -> None:
    """Count the try, wait longer before the next (2, 4, 8 ... seconds, at most 10 minutes), give up after MOST_ATTEMPTS."""
    async with unit_of_work() as session:
        row = await session.get(OutboxRow, row_id, with_for_update=True)
        if row is None or row.done_at is not None:
            return
        row.attempts += 1
        row.leased_until = None
        row.run_at = clock.now() + timedelta(seconds=min(2**row.attempts, 600))
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        row.dead_at = clock.now() if row.attempts >= MOST_ATTEMPTS else None
        metrics.JOBS.labels(row.job, "dead" if row.dead_at else "failed").inc()
        log.warning("job_failed", job=row.job, attempts=row.attempts, error=type(error).__name__, dead=row.dead_at is not None)


async def revive(session: AsyncSession, row_id: UUID) -> None:
    """Give a dead row its tries back (the operator's button)."""
    values = {"dead_at": None, "attempts": 0, "run_at": clock.now()}
    await session.execute(update(OutboxRow).where(col(OutboxRow.id) == row_id).values(values))


async def forget_done(older_than: timedelta = timedelta(days=7)) -> None:
    """Delete rows done long ago, except keyed ones: a key is once for all time."""
    async with unit_of_work() as session:
        await session.execute(text("DELETE FROM outbox WHERE done_at < :limit AND key IS NULL"), {"limit": clock.now() - older_than})
