import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from civic.services import queries, service
from civic.services.errors import Incomplete, LevyMissing, NoAppointment, NoSuchSlot, SlotFull, SlotOver
from civic.services.models import Application, State
from common import clock, ids
from common.credentials import queries as credentials
from common.db import unit_of_work
from common.states import StateMove
from tests.civic.services.make import a_citizen, a_draft, an_officer, handed_in, step


async def test_a_building_permit_waits_for_its_levy_and_is_never_issued_unpaid(database: None) -> None:
    officer, case = an_officer("DPMPTSP"), await handed_in(await a_citizen(), "pbg")
    await step(officer, case, "periksa", "tpa")
    with pytest.raises(LevyMissing):
        async with unit_of_work() as session:
            await service.complete_step(session, officer, case, "penetapan")
    async with unit_of_work() as session:
        await service.set_levy(session, officer, case)
        await service.complete_step(session, officer, case, "penetapan")
    async with unit_of_work() as session:
        application = await queries.for_update(session, case)
        assert (application.state, application.fee) == (State.AWAITING_PAYMENT, 270_000)
        assert application.fee_intent_id is not None
        assert await credentials.of_application(session, case) is None
    with pytest.raises(DBAPIError, match="product_never_before_its_fee"):
        async with unit_of_work() as session:
            await session.execute(text("UPDATE applications SET state = 'issued'"))


async def a_slot() -> object:
    async with unit_of_work() as session:
        await service.open_slots(session)
        await service.open_slots(session)  # a timer may run twice
        await session.execute(text("UPDATE slots SET capacity = 1"))
        return (await queries.free_slots(session, "ktp-el"))[0].id


async def test_two_hundred_citizens_on_one_slot_make_one_booking(database: None) -> None:
    slot = await a_slot()
    citizen = await a_citizen()
    drafts = []
    async with unit_of_work() as session:
        drafts = [await service.start(session, citizen, "ktp-el") for _ in range(200)]

    async def book(draft: Application) -> bool:
        try:
            async with unit_of_work() as session:
                await service.book_slot(session, citizen, draft.id, slot)  # type: ignore[arg-type]  # a UUID
        except SlotFull:
            return False
        return True

    assert sum(await asyncio.gather(*(book(draft) for draft in drafts))) == 1
    async with unit_of_work() as session:
        assert (await session.execute(text("SELECT count(*) FROM slot_bookings"))).scalar_one() == 1
        assert (await session.execute(text("SELECT booked FROM slots WHERE id = :id"), {"id": slot})).scalar_one() == 1


async def test_changing_the_time_gives_the_old_place_back_and_withdrawing_frees_it(database: None) -> None:
    await a_slot()
    citizen = await a_citizen()
    draft = await a_draft(citizen, "ktp-el")
    with pytest.raises(Incomplete) as refused:
        async with unit_of_work() as session:
            await service.submit(session, citizen, draft.id)
    assert set(refused.value.fields) == {"slot"}
    for at in (0, 3, 1):
        async with unit_of_work() as session:
            free = await queries.free_slots(session, "ktp-el")
            await service.book_slot(session, citizen, draft.id, free[at].id)
    async with unit_of_work() as session:
        assert (await session.execute(text("SELECT sum(booked) FROM slots"))).scalar_one() == 1
        await service.submit(session, citizen, draft.id)
        await service.withdraw(session, citizen, draft.id)
    async with unit_of_work() as session:
        assert (await session.execute(text("SELECT sum(booked) FROM slots"))).scalar_one() == 0


async def test_the_database_knows_the_same_moves_as_the_code(database: None) -> None:
    async with unit_of_work() as session:
        rows = await session.scalars(select(StateMove).where(col(StateMove.machine) == "application/1", col(StateMove.from_state) != ""))
        assert {(row.from_state, row.to_state) for row in rows} == {(a, b) for a, news in Application.MOVES.items() for b in news}


async def test_a_slot_that_cannot_be_had_says_why(database: None) -> None:
    citizen = await a_citizen()
    birth, card = await a_draft(citizen), await a_draft(citizen, "ktp-el")
    async with unit_of_work() as session:
        await service.open_slots(session)
        free = (await queries.free_slots(session, "ktp-el"))[0]
    after = free.starts_at + timedelta(minutes=1)
    refused = [
        (birth.id, free.id, clock.now(), NoAppointment),
        (card.id, ids.uuid7(), clock.now(), NoSuchSlot),
        (card.id, free.id, after, SlotOver),
    ]
    for case, slot_id, now, why in refused:
        with clock.frozen(now), pytest.raises(why):
            async with unit_of_work() as session:
                await service.book_slot(session, citizen, case, slot_id)
