import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pytest

from civic.promises import policy, queries, service, working_days
from civic.promises.models import Clock
from common import clock, ids
from common.db import unit_of_work

SUBJECT = ids.uuid7()


@contextmanager
def on(day: str) -> Iterator[None]:
    with clock.frozen(datetime.fromisoformat(f"{day}T10:00+08:00")):
        yield


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-24", 3, "2026-11-27"),  # Tuesday to Friday
        ("2026-11-27", 1, "2026-11-30"),  # over a weekend
        ("2026-11-28", 1, "2026-11-30"),  # handed in on a Saturday
        ("2026-12-23", 2, "2026-12-29"),  # Christmas Eve's collective leave and Christmas are no working days
        ("2026-03-17", 2, "2026-03-26"),  # Nyepi and Lebaran with collective leave
    ],
)
def test_working_days_follow_the_national_calendar(start: str, days: int, due: str) -> None:
    assert working_days.add(date.fromisoformat(start), days) == date.fromisoformat(due)
    assert working_days.between(date.fromisoformat(start), date.fromisoformat(due)) == days


async def test_the_clock_stops_while_the_citizen_has_the_next_move(database: None) -> None:
    with on("2026-11-23"):
        async with unit_of_work() as session:
            given = await service.promise(session, subject_kind="application", subject_id=SUBJECT, office="DISDUKCAPIL", days=3)
            assert given.due_on == date(2026, 11, 26)
    with on("2026-11-24"):
        async with unit_of_work() as session:
            await service.pause(session, SUBJECT)
            await service.pause(session, SUBJECT)
    with on("2026-12-01"):
        async with unit_of_work() as session:
            found = await queries.of(session, SUBJECT)
            assert found is not None
            assert policy.clock_of(found, clock.today()) == Clock.PAUSED
            await service.resume(session, SUBJECT)
            assert found.due_on == date(2026, 12, 3)  # five working days later: 25, 26, 27, 30 November, 1 December
    with on("2026-12-03"):
        async with unit_of_work() as session:
            await service.end(session, SUBJECT, done=True)
            found = await queries.of(session, SUBJECT)
            assert found is not None
            assert (found.kept, policy.clock_of(found, clock.today())) == (True, Clock.KEPT)


async def test_a_broken_promise_is_told_once(database: None) -> None:
    with on("2026-11-23"):
        async with unit_of_work() as session:
            await service.promise(session, subject_kind="application", subject_id=SUBJECT, office="DISDUKCAPIL", days=1)
    told = []
    for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
        with on(day):
            async with unit_of_work() as session:
                told.append(await service.tell_broken(session))
    assert told == [0, 1, 0]


async def test_a_subject_is_promised_once_however_many_ask_at_the_same_time(database: None) -> None:
    async def ask() -> object:
        async with unit_of_work() as session:
            return (await service.promise(session, subject_kind="application", subject_id=SUBJECT, office="DISDUKCAPIL", days=3)).id

    assert len(set(await asyncio.gather(*(ask() for _ in range(8))))) == 1
