import asyncio
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from civic.queues import queries, service
from civic.queues.errors import Full, NoSuchTicket, NotOpenThen, TooManyNumbers
from civic.queues.models import Day, State, Ticket
from common.actor import Actor
from common.db import unit_of_work
from common.states import StateMove
from tests.civic.queues.make import GENERAL, a_citizen, a_stranger, an_officer, at, call, counters, fresh, moment, take


async def test_every_counter_of_the_city_stands_once_however_often_the_data_is_read(database: None) -> None:
    await asyncio.gather(counters(), counters())
    async with unit_of_work() as session:
        found = await queries.counters(session)
        assert sum(one.kind == "puskesmas" for one in found) == 47 * 3
        assert sum(one.kind == "office" for one in found) == 15 + 3


async def test_a_hundred_take_at_once_and_numbers_have_no_gap_and_never_pass_the_capacity(database: None) -> None:
    await counters(capacity=60)
    with at("08:10"):

        async def try_to_take(who: Actor) -> int | None:
            try:
                return (await take(who)).number
            except Full:
                return None

        numbers = await asyncio.gather(*(try_to_take(a_stranger()) for _ in range(100)))
    given = sorted(number for number in numbers if number is not None)
    assert given == list(range(1, 61))
    async with unit_of_work() as session:
        day = await session.get(Day, (GENERAL, date(2026, 11, 24)))
        assert day is not None
        assert (day.given, day.taken) == (60, 60)


async def test_one_person_pressing_ten_times_holds_one_number(database: None) -> None:
    await counters()
    who = a_stranger()
    with at("08:10"):
        taken = await asyncio.gather(*(take(who) for _ in range(10)))
    assert {(ticket.id, ticket.number) for ticket in taken} == {(taken[0].id, 1)}


async def test_taking_at_eight_counters_at_once_leaves_three_numbers_and_a_clear_word(database: None) -> None:
    await counters()
    who = await a_citizen()
    with at("08:10"):
        async with unit_of_work() as session:
            codes = [one.code for one in await queries.counters(session) if one.code.startswith("PKM-")][:8]
        taken = await asyncio.gather(*(take(who, code) for code in codes), return_exceptions=True)
        assert sorted(getattr(one, "code", "taken") for one in taken) == ["taken"] * 3 + ["too_many_numbers"] * 5
        mine = next(one for one in taken if isinstance(one, Ticket))
        assert (await take(who, mine.counter)).id == mine.id  # one that she holds is hers, whatever the count
        async with unit_of_work() as session:
            await service.cancel(session, who, mine.id)
        await take(who, next(code for code, one in zip(codes, taken, strict=True) if isinstance(one, TooManyNumbers)))
        async with unit_of_work() as session:
            days = (await session.scalars(select(Day))).all()
            assert sum(day.taken for day in days) == 3


async def test_numbers_of_days_gone_by_do_not_count(database: None) -> None:
    await counters()
    who = await a_citizen()
    for day in ("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"):
        with at("08:10", day):
            assert (await take(who)).day.isoformat() == day


async def test_a_number_given_back_makes_room_but_is_not_given_out_again(database: None) -> None:
    await counters(capacity=2)
    with at("08:10"):
        first, second, third = a_stranger(), a_stranger(), a_stranger()
        one = await take(first)
        await take(second)
        with pytest.raises(Full):
            await take(third)
        for _ in range(2):
            async with unit_of_work() as session:
                assert (await service.cancel(session, first, one.id)).state == State.CANCELLED
        assert (await take(third)).number == 3
        with pytest.raises(Full):
            await take(first)


@pytest.mark.parametrize(
    ("day", "hour", "offered"),
    [
        ("2026-11-24", "07:00", ["2026-11-24", "2026-11-25"]),  # before it opens
        ("2026-11-24", "11:59", ["2026-11-24", "2026-11-25"]),
        ("2026-11-24", "12:00", ["2026-11-25"]),  # closed
        ("2026-11-28", "11:30", ["2026-11-30"]),  # Saturday after eleven, over Sunday
        ("2026-12-24", "09:00", ["2026-12-26"]),  # collective leave, then Christmas; the clinic is open on Saturdays
    ],
)
async def test_numbers_are_of_today_while_open_and_of_the_next_open_day(database: None, day: str, hour: str, offered: list[str]) -> None:
    await counters()
    with at(hour, day):
        first = await take(a_stranger())
        assert first.day.isoformat() == offered[0]
        for asked in ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-30", "2026-12-25"):
            async with unit_of_work() as session:
                if asked in offered:
                    ticket = await service.take_number(session, a_stranger(), GENERAL, date.fromisoformat(asked))
                    assert ticket.day.isoformat() == asked
                else:
                    with pytest.raises(NotOpenThen):
                        await service.take_number(session, a_stranger(), GENERAL, date.fromisoformat(asked))


async def test_an_officer_keeps_the_counter_open_longer_or_closes_it_early(database: None) -> None:
    await counters()
    officer = an_officer()
    with at("12:30"):
        async with unit_of_work() as session:
            await service.open_until(session, officer, GENERAL, moment("14:00"))
        assert (await take(a_stranger())).day == date(2026, 11, 24)
        async with unit_of_work() as session:
            await service.open_until(session, officer, GENERAL, moment("12:15"))
        assert (await take(a_stranger())).day == date(2026, 11, 25)


async def test_a_stranger_can_neither_read_nor_cancel_nor_bring_back_anothers_number(database: None) -> None:
    await counters()
    with at("08:10"):
        owner, stranger = a_stranger(), a_stranger()
        ticket = await take(owner)
        async with unit_of_work() as session:
            for verb in (queries.visible, service.cancel, service.come_back):
                with pytest.raises(NoSuchTicket):
                    await verb(session, stranger, ticket.id)
            with pytest.raises(NoSuchTicket):
                await queries.visible(session, an_officer("PKM-DAHLIA"), ticket.id)
            assert (await queries.visible(session, an_officer("DINKES"), ticket.id)).number == 1
    assert (await fresh(ticket.id)).state == State.WAITING


async def test_the_database_itself_refuses_a_gap_a_second_number_and_two_at_one_desk(database: None) -> None:
    await counters()
    with at("08:10"):
        tickets = [await take(await a_citizen()) for _ in range(3)]
        await call(an_officer())
    refused = {
        "UPDATE queue_tickets SET number = 9 WHERE number = 3": "fk_queue_tickets_follows",
        "UPDATE queue_tickets SET person_id = :first WHERE number = 2": "uq_queue_tickets_one_live_each",
        "UPDATE queue_tickets SET state = 'called', desk = 1 WHERE number = 2": "uq_queue_tickets_one_at_a_desk",
        "UPDATE queue_tickets SET state = 'served' WHERE number = 3": "served",
        "UPDATE queue_tickets SET returns = 2": "ck_queue_tickets_comes_back_once",
        "UPDATE queue_days SET taken = capacity + 1, given = capacity + 1": "ck_queue_days_never_over_capacity",
    }
    for statement, name in refused.items():
        with pytest.raises(DBAPIError, match=name):
            async with unit_of_work() as session:
                await session.execute(text(statement), {"first": tickets[0].person_id} if ":first" in statement else {})


async def test_the_database_knows_the_same_moves_as_the_code(database: None) -> None:
    async with unit_of_work() as session:
        rows = await session.scalars(select(StateMove).where(col(StateMove.machine) == "ticket/1", col(StateMove.from_state) != ""))
        assert {(row.from_state, row.to_state) for row in rows} == {(a, b) for a, news in Ticket.MOVES.items() for b in news}
