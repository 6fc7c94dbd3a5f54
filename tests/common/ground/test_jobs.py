import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, jobs, outbox
from common.db import unit_of_work
from common.settings import get_settings
from marvec import worker
from tests.conftest import RunJobs


@pytest.fixture
def jobs_of_the_test() -> Any:
    before = dict(jobs.JOBS)
    yield
    jobs.JOBS.clear()
    jobs.JOBS.update(before)


async def count(session: AsyncSession) -> int:
    return int((await session.execute(text("SELECT count(*) FROM state_history"))).scalar_one())


@jobs.job("test.write")
async def write(session: AsyncSession, *, subject: str) -> None:
    await session.execute(
        text("INSERT INTO state_history VALUES (:s, (SELECT count(*) + 1 FROM state_history), 'test', '', 'a', now(), NULL, '')"),
        {"s": subject},
    )


SUBJECT = "01900000-0000-7000-8000-000000000001"


async def test_a_job_runs_once_though_it_is_run_by_many_at_the_same_time(database: None) -> None:
    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.write", subject=SUBJECT)
    (row,) = await jobs.due_rows()
    await asyncio.gather(*(jobs.run_row(row) for _ in range(12)))
    async with unit_of_work() as session:
        assert await count(session) == 1
    assert await jobs.due_rows() == []


async def test_a_rolled_back_transaction_promises_nothing(database: None) -> None:
    with pytest.raises(RuntimeError):
        async with unit_of_work() as session:
            await outbox.enqueue(session, "test.write", subject=SUBJECT)
            raise RuntimeError
    assert await jobs.due_rows() == []


async def test_a_key_promises_once(database: None, run_jobs: RunJobs) -> None:
    for _ in range(3):
        async with unit_of_work() as session:
            await outbox.enqueue(session, "test.write", key="the-one", subject=SUBJECT)
    assert await run_jobs() == 1


async def test_a_failing_job_leaves_nothing_waits_longer_each_time_and_ends_dead(database: None, jobs_of_the_test: None) -> None:
    @jobs.job("test.fail")
    async def fail(session: AsyncSession) -> None:
        await write(session, subject=SUBJECT)
        raise ValueError("no")

    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.fail")
    (row,) = await jobs.due_rows()
    at, waits = clock.now(), []
    for _ in range(jobs.MOST_ATTEMPTS):
        with clock.frozen(at):
            assert not await jobs.run_row(row)
            async with unit_of_work() as session:
                kept = (await session.execute(text("SELECT run_at, dead_at, last_error FROM outbox"))).one()
                assert await count(session) == 0
            waits.append((kept.run_at - at).total_seconds())
            at = kept.run_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    assert kept.dead_at is not None
    assert kept.last_error == "ValueError: no"
    with clock.frozen(at + timedelta(days=1)):
        assert await jobs.due_rows() == []
        async with unit_of_work() as session:
            await jobs.revive(session, row)
        assert await jobs.due_rows() == [row]


async def test_work_for_later_waits_for_its_time(database: None, run_jobs: RunJobs) -> None:
    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.write", run_at=clock.now() + timedelta(hours=1), subject=SUBJECT)
    assert await run_jobs() == 0
    assert await run_jobs(ahead=timedelta(hours=1, seconds=1)) == 1


async def test_a_timer_that_is_cancelled_leaves_its_turn_to_the_next(database: None) -> None:
    begun = asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    async def at_once() -> None:
        return None

    stuck = asyncio.create_task(jobs.run_timer(jobs.Timer("test.turns", forever, 1)))
    await begun.wait()
    assert not await jobs.run_timer(jobs.Timer("test.turns", at_once, 1))
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)
    async with asyncio.timeout(30):  # the server notices the closed connection a moment later
        while not await jobs.run_timer(jobs.Timer("test.turns", at_once, 1)):
            await asyncio.sleep(0.01)
    assert await jobs.run_timer(jobs.Timer("test.turns", at_once, 1))


async def test_a_timer_is_kept_by_who_lives_and_lost_by_who_hangs(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes that really fall and hang are those of tests/real."""
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.6))
    begun, end = asyncio.Semaphore(0), asyncio.Event()

    async def until_told() -> None:
        begun.release()
        await end.wait()

    async def at_once() -> None:
        return None

    @asynccontextmanager
    async def silent(_connection: object) -> AsyncIterator[None]:
        yield

    living = asyncio.create_task(jobs.run_timer(jobs.Timer("test.living", until_told, 1)))
    await begun.acquire()
    with monkeypatch.context() as hung:
        hung.setattr(jobs, "_still_there", silent)
        hanging = asyncio.create_task(jobs.run_timer(jobs.Timer("test.hanging", until_told, 1)))
        await begun.acquire()
        async with asyncio.timeout(60):
            while not await jobs.run_timer(jobs.Timer("test.hanging", at_once, 1)):
                await asyncio.sleep(0.05)
    assert not await jobs.run_timer(jobs.Timer("test.living", at_once, 1))
    end.set()
    assert await living
    (failed,) = await asyncio.gather(hanging, return_exceptions=True)
    assert isinstance(failed, Exception)


async def test_a_job_keeps_its_lease_as_long_as_it_runs(database: None, jobs_of_the_test: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=2))
    begun, ending, times = asyncio.Event(), asyncio.Event(), []

    @jobs.job("test.long", own_transactions=True)
    async def long() -> None:
        times.append(clock.now())
        begun.set()
        await ending.wait()

    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.long")
    (row,) = await jobs.due_rows()
    running = asyncio.create_task(jobs.run_row(row))
    await begun.wait()
    while clock.now() < times[0] + 2 * jobs.LEASE:
        assert await jobs.run_row(row)  # not due: nothing runs
        await asyncio.sleep(0.05)
    assert len(times) == 1
    ending.set()
    assert await running
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert await jobs.due_rows() == []


async def test_what_a_killed_worker_had_begun_is_kept_from_others_no_longer_than_its_lease(database: None, jobs_of_the_test: None) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    @jobs.job("test.begun")
    async def begin(session: AsyncSession) -> None:
        begun.set()
        await end.wait()

    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.begun")
    await jobs.sweep()
    carrier = worker.carrier(get_settings())
    carrying = asyncio.create_task(carrier.async_run())
    await begun.wait()
    (key,) = await carrier.pool.keys("arq:in-progress:*")
    assert 0 < await carrier.pool.pttl(key) <= jobs.LEASE.total_seconds() * 1000
    end.set()
    await asyncio.wait(carrier.tasks.values())
    carrying.cancel()
    await asyncio.gather(carrying, return_exceptions=True)
    await carrier.pool.aclose()
    assert await jobs.due_rows() == []


async def test_heavy_work_runs_a_little_at_a_time_and_lets_the_rest_pass(
    database: None, jobs_of_the_test: None, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way, most, done, end = 0, 0, 0, asyncio.Event()

    @jobs.job("test.heavy", heavy=True)
    async def burn(session: AsyncSession) -> None:
        nonlocal under_way, most, done
        under_way, most = under_way + 1, max(most, under_way + 1)
        await end.wait()
        under_way, done = under_way - 1, done + 1

    monkeypatch.setattr(jobs, "HEAVY_AT_ONCE", 2)
    async with unit_of_work() as session:
        for _ in range(30):  # more than there are connections
            await outbox.enqueue(session, "test.heavy")
    running = {asyncio.create_task(jobs.run_row(row)) for row in await jobs.due_rows()}
    while len(running) > 2:  # all but two are put off, and say so before one of the two ends
        put_off, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        assert all(task.result() for task in put_off)
    again = [asyncio.create_task(jobs.run_row(row)) for row in await jobs.due_rows()]
    await asyncio.wait(again, timeout=1)  # pushed again: the two that are under way keep their turns, and no third begins
    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.write", subject=SUBJECT)
    light = next(row for row in reversed(await jobs.due_rows()))
    assert await jobs.run_row(light)
    async with unit_of_work() as session:
        assert (await count(session), done) == (1, 0)
    end.set()
    assert all(await asyncio.gather(*running, *again))
    assert (most, done) == (2, 2)
    assert await run_jobs() == 28
    assert (most, done, under_way) == (2, 30, 0)


async def test_heavy_work_that_fails_gives_its_turn_away(
    database: None, jobs_of_the_test: None, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    @jobs.job("test.heavy", heavy=True)
    async def fail(session: AsyncSession) -> None:
        nonlocal tries
        tries += 1
        raise ValueError("no")

    monkeypatch.setattr(jobs, "HEAVY_AT_ONCE", 1)
    async with unit_of_work() as session:
        for _ in range(3):
            await outbox.enqueue(session, "test.heavy")
    assert await run_jobs(failing=True) == 3
    assert tries == 3
