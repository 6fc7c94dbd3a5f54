import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from civic.queues import policy, queries, service
from civic.queues.errors import CameBackBefore, DeskBusy, NoSuchCounter, NoSuchDesk, NoSuchTicket
from civic.queues.models import State
from common import clock
from common.db import unit_of_work
from common.notifications import queries as inbox
from common.states import NotFromHere
from tests.civic.queues.make import GENERAL, a_citizen, a_stranger, absent, an_officer, at, call, counters, fresh, serve, take


async def test_two_officers_call_at_once_and_never_the_same_number(database: None) -> None:
    await counters()
    async with unit_of_work() as session:
        await session.execute(text("UPDATE queue_counters SET desks = 10"))
    officer = an_officer()
    with at("08:10"):
        for _ in range(20):
            await take(await a_citizen())
        for round_of in (range(1, 11), range(11, 21)):
            called = await asyncio.gather(*(call(officer, desk) for desk in range(1, 11)))
            found = [ticket for ticket in called if ticket is not None]
            assert sorted(ticket.number for ticket in found) == list(round_of)
            await asyncio.gather(*(serve(officer, ticket.id) for ticket in found))
        assert await asyncio.gather(*(call(officer, desk) for desk in range(1, 11))) == [None] * 10


async def test_the_same_desk_pressed_twice_at_once_calls_one_number(database: None) -> None:
    await counters()
    officer = an_officer()
    with at("08:10"):
        for _ in range(3):
            await take(await a_citizen())

        async def press() -> str:
            try:
                called = await call(officer)
            except DeskBusy:
                return "busy"
            assert called is not None
            return str(called.number)

        assert sorted(await asyncio.gather(press(), press(), press())) == ["1", "busy", "busy"]


async def test_the_next_call_ends_what_was_served_and_an_absent_one_comes_back_once(database: None) -> None:
    await counters()
    officer = an_officer()
    people = [await a_citizen() for _ in range(4)]
    with at("08:10"):
        one, two, three, four = [await take(who) for who in people]
        await call(officer)
        await serve(officer, one.id)
        await call(officer)  # two is called, one is done
        assert (await fresh(one.id)).state == State.SERVED
        await absent(officer, two.id)
        await call(officer)
        await serve(officer, three.id)
        async with unit_of_work() as session:
            back = await service.come_back(session, people[1], two.id)
            assert (back.state, await queries.before(session, back), await queries.before(session, await fresh(four.id))) == (
                State.WAITING, 0, 1,
            )  # fmt: skip
        called = await call(officer)
        assert called is not None
        assert called.number == 2
        await absent(officer, two.id)
        with pytest.raises(CameBackBefore):
            async with unit_of_work() as session:
                await service.come_back(session, people[1], two.id)
        called = await call(officer)
        assert called is not None
        assert called.number == 4


async def test_a_call_that_is_killed_half_way_has_called_nobody(database: None) -> None:
    await counters()
    officer = an_officer()
    with at("08:10"):
        ticket = await take(await a_citizen())
        with pytest.raises(ConnectionError):
            async with unit_of_work() as session:
                await service.call_next(session, officer, GENERAL, 1)
                raise ConnectionError  # the process dies before COMMIT
        assert (await fresh(ticket.id)).state == State.WAITING
        async with unit_of_work() as session:
            published = text("SELECT count(*) FROM live_publications WHERE channel LIKE 'queue:%'")
            assert await session.scalar(published) == 1  # of the taking
        again = await call(officer)
        assert again is not None
        assert again.number == 1


async def test_strangers_and_officers_of_other_places_call_nobody(database: None) -> None:
    await counters()
    with at("08:10"):
        ticket = await take(await a_citizen())
        for who in (a_stranger(), an_officer("PKM-DAHLIA"), an_officer("DISDUKCAPIL")):
            with pytest.raises(NoSuchCounter):
                await call(who)
            with pytest.raises(NoSuchTicket):
                await serve(who, ticket.id)
        with pytest.raises(NoSuchDesk):
            await call(an_officer(), desk=3)
        with pytest.raises(NotFromHere):
            await serve(an_officer(), ticket.id)
    assert (await fresh(ticket.id)).state == State.WAITING


async def test_who_is_near_hears_once_and_who_is_called_hears_at_which_desk(database: None) -> None:
    await counters()
    officer = an_officer()
    people = [await a_citizen() for _ in range(6)]
    with at("08:00"):
        for who in people:
            await take(who)
    for minute in ("08:05", "08:12"):
        with at(minute):
            called = await call(officer)
            assert called is not None
            await serve(officer, called.id)
    assert await told(people[5].person_id) == [("civic.queue_near", {"number": 6, "minutes": 30})]
    assert await told(people[4].person_id) == [("civic.queue_near", {"number": 5, "minutes": 20})]
    assert await told(people[3].person_id) == []  # three before him when he took it: the page said so
    assert await told(people[1].person_id) == [("civic.queue_called", {"number": 2, "counter": "Poli Umum", "desk": 1})]


async def told(person_id: UUID) -> list[tuple[str, object]]:
    async with unit_of_work() as session:
        rows, _ = await inbox.page_of(session, person_id, limit=10, cursor=None)
        return [(row.kind, row.params) for row in rows]


async def test_the_wait_is_measured_from_todays_calls_and_a_pause_does_not_count(database: None) -> None:
    await counters()
    async with unit_of_work() as session:
        counter = await queries.counter(session, GENERAL)
    assert policy.seconds_each(counter, None) == 240  # eight minutes, two desks
    assert policy.measured(None, 300) == 300
    assert policy.measured(300, 600) == 390  # 0.7 x 300 + 0.3 x 600
    assert policy.measured(300, 46 * 60) == 300
    now = clock.now()
    assert [policy.in_minutes(now + timedelta(minutes=n), now) for n in (-5, 0, 7, 10, 11, 23)] == [0, 0, 7, 10, 15, 25]


async def test_the_day_ends_once_though_the_job_runs_twice_at_the_same_time(database: None) -> None:
    await counters()
    officer = an_officer()
    with at("08:10"):
        people = [await a_citizen() for _ in range(4)]
        one, two, three, four = [await take(who) for who in people]
        await call(officer)
        await serve(officer, one.id)
        await call(officer, desk=2)

    async def close() -> int:
        async with unit_of_work() as session:
            return await service.close_days(session)

    with at("23:59"):
        assert await close() == 0
    with at("00:01", "2026-11-25"):
        assert sum(await asyncio.gather(close(), close())) == 4
        assert await close() == 0
    states = [(await fresh(ticket.id)).state for ticket in (one, two, three, four)]
    assert states == [State.SERVED, State.EXPIRED, State.EXPIRED, State.EXPIRED]
    async with unit_of_work() as session:
        moves = await session.scalar(text("SELECT count(*) FROM state_history WHERE machine = 'ticket/1' AND to_state = 'expired'"))
        assert moves == 3
        told = [(await inbox.page_of(session, who.person_id, limit=9, cursor=None))[0] for who in people]
    assert [[row.kind for row in rows].count("civic.queue_expired") for rows in told] == [0, 1, 1, 1]
    last = told[3][0]
    assert (last.params, last.link) == ({"number": 4, "counter": "Poli Umum"}, f"/antrean/{four.id}")
