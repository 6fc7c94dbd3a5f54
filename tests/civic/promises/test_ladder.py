"""A broken promise tells somebody: its officer, the citizen with a new day, the head of the office, the operator; each of it once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import text

from civic.promises import jobs, ladder, service
from civic.promises import queries as promises
from civic.promises.ladder import Ladder, Rung
from civic.services import service as services
from common import clock
from common.actor import Actor, Role
from common.clock import WITA
from common.db import unit_of_work
from common.identity import queries as identity
from common.jobs import due_rows, run_row
from tests.civic.services.make import a_citizen, handed_in
from tests.common.identity.make import actor_of, enter, holder, officer
from tests.conftest import new_client

pytestmark = pytest.mark.usefixtures("database", "house")
MONDAY = "2026-11-23"


@contextmanager
def on(day: str) -> Iterator[None]:
    with clock.frozen(datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=WITA)):
        yield


async def with_role(role: Role, scope: str = "*") -> Actor:
    async with unit_of_work() as session:
        made = await (officer(session) if role is Role.OFFICER else holder(session, role, scope))
        return actor_of(made, (role, "DISDUKCAPIL" if role is Role.OFFICER else scope))


async def taken_up(clerk: Actor, citizen: Actor) -> UUID:
    """Handed in on a Monday, promised for Thursday."""
    with on(MONDAY):
        case = await handed_in(citizen)
        async with unit_of_work() as session:
            await services.take_up(session, clerk, case)
    return case


async def a_look(day: str) -> None:
    """At the clocks on that day, and all that follows from it."""
    with on(day):
        await jobs.tell_broken()
        assert all([await run_row(row) for row in await due_rows()])


async def told() -> list[tuple[str, UUID]]:
    async with unit_of_work() as session:
        asked = "SELECT kind, person_id FROM notification WHERE kind ~ '^desk[.]|[.]late$' ORDER BY created_at, kind"
        return [(row.kind, row.person_id) for row in await session.execute(text(asked))]


async def test_each_rung_hears_once_from_the_warning_to_the_operator() -> None:
    clerk, head, operator = await with_role(Role.OFFICER), await with_role(Role.HEAD, "DISDUKCAPIL"), await with_role(Role.OPERATOR)
    citizen = await a_citizen()
    case = await taken_up(clerk, citizen)
    heard = []
    for day in (
        "2026-11-24",
        "2026-11-25",
        "2026-11-26",
        "2026-11-27",
        "2026-11-30",
        "2026-12-01",
        "2026-12-02",
        "2026-12-03",
        "2026-12-04",
    ):
        before = await told()
        await a_look(day)
        await a_look(day)
        heard.append((day, [one for one in await told() if one not in before]))
    assert [one for one in heard if one[1]] == [
        ("2026-11-25", [("desk.near", clerk.person_id)]),
        ("2026-11-27", [("application.late", citizen.person_id), ("desk.late", clerk.person_id)]),
        ("2026-11-30", [("desk.late_head", head.person_id)]),
        ("2026-12-03", [("desk.late_operator", operator.person_id)]),
    ]
    async with unit_of_work() as session:
        given = await promises.of(session, case)
        sorry = (await session.execute(text("SELECT params FROM notification WHERE kind = 'application.late'"))).scalar_one()
    assert given is not None
    assert (given.due_on, given.renewed_due_on) == (date(2026, 11, 26), date(2026, 12, 1))
    assert (sorry["due"], sorry["new"]) == ("Kamis, 26 November 2026", "Selasa, 1 Desember 2026")


async def test_the_citizen_reads_the_apology_and_the_new_day_and_the_head_sees_the_late_file(app: Litestar) -> None:
    clerk, head, citizen = await with_role(Role.OFFICER), await with_role(Role.HEAD, "DISDUKCAPIL"), await a_citizen()
    case = await taken_up(clerk, citizen)
    await a_look("2026-11-27")
    pages = {}
    for actor, path in ((citizen, f"/permohonan/{case}"), (head, "/meja/terlambat"), (clerk, "/meja/terlambat")):
        client = new_client(app)
        async with unit_of_work() as session:
            await enter(session, client, await identity.by_id(session, actor.person_id))
        with on("2026-11-27"):
            pages[actor.person_id] = (await client.get(path)).text
    assert "Maaf, kami terlambat" in pages[citizen.person_id]
    assert "Selasa, 1 Desember 2026" in pages[citizen.person_id]
    assert ("PMH-" in pages[head.person_id], f"/meja/{case}" in pages[head.person_id]) == (True, False)
    assert f"/meja/{case}" in pages[clerk.person_id]


async def test_two_looks_at_once_tell_nobody_twice() -> None:
    clerk, citizen = await with_role(Role.OFFICER), await a_citizen()
    await taken_up(clerk, citizen)
    with on("2026-11-27"):
        await asyncio.gather(*(jobs.tell_broken() for _ in range(5)))
        assert all([await run_row(row) for row in await due_rows()])
    assert await told() == [("application.late", citizen.person_id), ("desk.late", clerk.person_id)]


async def test_what_is_done_paused_or_withdrawn_meanwhile_is_told_to_nobody() -> None:
    clerk, citizen = await with_role(Role.OFFICER), await a_citizen()
    done, paused = await taken_up(clerk, citizen), await taken_up(clerk, citizen)
    with on("2026-11-24"):
        async with unit_of_work() as session:
            for code in ("verifikasi", "pencatatan", "tanda-tangan"):
                await services.complete_step(session, clerk, done, code)
            await services.ask_correction(session, clerk, paused, [{"target": "kk", "message": "Halaman dua"}])
    await a_look("2026-11-30")
    assert await told() == []


async def test_where_an_office_has_no_head_the_operator_hears_in_time() -> None:
    clerk, operator, citizen = await with_role(Role.OFFICER), await with_role(Role.OPERATOR), await a_citizen()
    await taken_up(clerk, citizen)
    for day in ("2026-11-27", "2026-11-30"):
        await a_look(day)
    assert [one for one in await told() if one[1] == operator.person_id] == [("desk.late_head", operator.person_id)]


async def test_the_day_promised_anew_waits_with_the_promise_while_the_citizen_has_the_next_move() -> None:
    clerk, citizen = await with_role(Role.OFFICER), await a_citizen()
    case = await taken_up(clerk, citizen)
    await a_look("2026-11-27")
    with on("2026-11-30"):
        async with unit_of_work() as session:
            await service.pause(session, case)
    with on("2026-12-02"):
        async with unit_of_work() as session:
            await service.resume(session, case)
            given = await promises.of(session, case)
    assert given is not None
    assert (given.due_on, given.renewed_due_on) == (date(2026, 11, 30), date(2026, 12, 3))


def test_the_ladder_is_data_and_an_office_may_have_its_own() -> None:
    assert (ladder.of_office("DISDUKCAPIL").renewal, ladder.of_office("DPMPTSP").renewal) == (2, 5)
    assert ladder.of_office("DPMPTSP").after(Rung.HEAD) == 2
    with pytest.raises(ValueError, match="never hears before"):
        Ladder(warn_before=1, renewal=1, head_after=5, operator_after=2)
