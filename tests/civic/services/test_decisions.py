"""A decision at the desk is about the file that was shown, is confirmed when it is final, and waits ten seconds for its undoing."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from civic.services import queries, service
from civic.services.errors import DecisionStands, DecisionWaits, FileMoved, NoSuchDecision
from civic.services.models import Application, Decision, DecisionKind, DecisionState, State
from civic.services.policy import mark_of
from common import clock
from common.actor import Actor, Role
from common.credentials import queries as credentials
from common.db import unit_of_work
from common.identity import queries as identity
from common.jobs import JOBS, due_rows, run_row
from common.outbox import OutboxRow
from tests.civic.services.make import a_citizen, handed_in
from tests.common.identity.make import actor_of, enter, form_token, officer
from tests.conftest import new_client

pytestmark = pytest.mark.usefixtures("database", "house")
LATER = timedelta(seconds=11)
STEPS = ("verifikasi", "pencatatan", "tanda-tangan")


async def a_clerk(name: str = "Hj. Rostina") -> Actor:
    """An officer who has an account, as a decision's effect asks for one."""
    async with unit_of_work() as session:
        return actor_of(await officer(session, name=name), (Role.OFFICER, "DISDUKCAPIL"))


async def desk_of(app: Litestar, clerk: Actor) -> httpx.AsyncClient:
    client = new_client(app)
    async with unit_of_work() as session:
        person = await identity.by_id(session, clerk.person_id)
        await enter(session, client, person)
    return client


async def in_review(clerk: Actor, *done: str) -> UUID:
    case = await handed_in(await a_citizen())
    async with unit_of_work() as session:
        await service.take_up(session, clerk, case)
        for code in done:
            await service.complete_step(session, clerk, case, code)
    return case


async def mark(case: UUID) -> str:
    async with unit_of_work() as session:
        application = await session.get_one(Application, case)
        return mark_of(application, await queries.last_decision(session, case))


async def a_step(clerk: Actor, case: UUID, code: str, seen: str) -> Decision:
    async with unit_of_work() as session:
        return await service.decide(session, clerk, case, seen, DecisionKind.STEP, {"code": code, "note": ""})


async def undo(clerk: Actor, decision: Decision) -> Decision:
    async with unit_of_work() as session:
        return await service.undo(session, clerk, decision.id)


async def time_is_over(decision: Decision) -> bool:
    """Whether the outbox ran what was promised, ten seconds later."""
    with clock.frozen(clock.now() + LATER):
        async with unit_of_work() as session:
            row = await session.scalar(select(OutboxRow).where(col(OutboxRow.key) == f"decision:{decision.id}"))
        assert row is not None
        return row.id in await due_rows() and await run_row(row.id)


async def standing(case: UUID) -> tuple[State, int]:
    async with unit_of_work() as session:
        application = await session.get_one(Application, case)
        return application.state, application.steps_done


async def outcome(decision: Decision) -> DecisionState:
    async with unit_of_work() as session:
        return (await session.get_one(Decision, decision.id)).state


async def press(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await client.post(path, data={"_csrf": form_token(client), **fields})


async def test_nothing_is_issued_before_the_ten_seconds_are_over_and_then_once_though_the_job_comes_twice() -> None:
    clerk = await a_clerk()
    case = await in_review(clerk, *STEPS[:2])
    decision = await a_step(clerk, case, STEPS[2], await mark(case))
    async with unit_of_work() as session:
        assert await credentials.of_application(session, case) is None
        row = await session.scalar(select(OutboxRow).where(col(OutboxRow.key) == f"decision:{decision.id}"))
        assert row is not None
        assert row.id not in await due_rows()
        assert row.run_at - decision.decided_at == timedelta(seconds=10)
    assert await standing(case) == (State.IN_REVIEW, 2)

    assert await time_is_over(decision)
    assert await standing(case) == (State.ISSUED, 3)
    async with unit_of_work() as session:
        await service.take_effect(session, decision.id)
        issued = (await session.scalars(text("SELECT count(*) FROM credentials"))).one()
    assert (issued, await outcome(decision)) == (1, DecisionState.EFFECTIVE)


async def test_what_is_undone_in_time_has_never_been() -> None:
    clerk = await a_clerk()
    case = await in_review(clerk, *STEPS[:2])
    before = await mark(case)
    decision = await a_step(clerk, case, STEPS[2], before)
    await undo(clerk, decision)
    assert (await undo(clerk, decision)).state == DecisionState.UNDONE  # twice is once
    assert await time_is_over(decision)
    assert await standing(case) == (State.IN_REVIEW, 2)
    assert await mark(case) == before
    async with unit_of_work() as session:
        told = (await session.scalars(text("SELECT kind FROM notification WHERE kind = 'applications.issued'"))).all()
    assert told == []


async def test_once_it_has_taken_effect_it_stands_and_only_who_decided_undoes() -> None:
    clerk, colleague = await a_clerk(), await a_clerk("Pak Ilham")
    case = await in_review(clerk)
    decision = await a_step(clerk, case, STEPS[0], await mark(case))
    with pytest.raises(NoSuchDecision):
        await undo(colleague, decision)
    assert await time_is_over(decision)
    with pytest.raises(DecisionStands):
        await undo(clerk, decision)
    assert await standing(case) == (State.IN_REVIEW, 1)


@pytest.mark.parametrize("turn", range(6))
async def test_of_an_undoing_and_the_effect_at_the_same_instant_exactly_one_wins(turn: int) -> None:
    clerk = await a_clerk()
    case = await in_review(clerk, *STEPS[:2])
    decision = await a_step(clerk, case, STEPS[2], await mark(case))

    async def effect() -> None:
        async with unit_of_work() as session:
            await asyncio.sleep(turn * 0.002)
            await service.take_effect(session, decision.id)

    undone, _, _ = await asyncio.gather(undo(clerk, decision), effect(), effect(), return_exceptions=True)
    if isinstance(undone, Decision):
        assert (await outcome(decision), await standing(case)) == (DecisionState.UNDONE, (State.IN_REVIEW, 2))
    else:
        assert isinstance(undone, DecisionStands)
        assert (await outcome(decision), await standing(case)) == (DecisionState.EFFECTIVE, (State.ISSUED, 3))


async def test_an_effect_that_is_killed_half_way_comes_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = await a_clerk()
    case = await in_review(clerk, *STEPS[:2])
    decision = await a_step(clerk, case, STEPS[2], await mark(case))
    job = JOBS["services.decision_takes_effect"]

    async def die(session: object, **args: str) -> None:
        await job.run(session, **args)
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setitem(JOBS, job.name, type(job)(job.name, die, own_transactions=False))
        assert not await time_is_over(decision)
    assert await standing(case) == (State.IN_REVIEW, 2)
    with clock.frozen(clock.now() + timedelta(seconds=60)):
        assert [await run_row(row) for row in await due_rows()]
    assert (await standing(case), await outcome(decision)) == ((State.ISSUED, 3), DecisionState.EFFECTIVE)


async def test_two_presses_at_once_are_one_decision() -> None:
    clerk = await a_clerk()
    case = await in_review(clerk)
    seen = await mark(case)
    presses = await asyncio.gather(*(a_step(clerk, case, STEPS[0], seen) for _ in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in presses) == ["Decision", *["FileMoved"] * 4]


async def test_a_decision_about_a_file_that_has_moved_since_is_none() -> None:
    clerk, colleague = await a_clerk(), await a_clerk("Pak Ilham")
    case = await in_review(clerk)
    seen = await mark(case)
    async with unit_of_work() as session:
        await service.take_up(session, colleague, case)  # a colleague has taken it over
    for stale in (seen, "", "0", f"{seen}+00000000-0000-7000-8000-000000000000"):
        with pytest.raises(FileMoved):
            await a_step(clerk, case, STEPS[0], stale)


async def test_who_goes_on_to_the_next_step_need_not_wait_and_others_do() -> None:
    clerk, colleague = await a_clerk(), await a_clerk("Pak Ilham")
    case = await in_review(clerk)
    first = await a_step(clerk, case, STEPS[0], await mark(case))
    with pytest.raises(DecisionWaits):
        async with unit_of_work() as session:
            await service.complete_step(session, colleague, case, STEPS[0])
    with pytest.raises(DecisionWaits):
        await a_step(colleague, case, STEPS[0], await mark(case))
    behind_the_first = await mark(case)
    assert await time_is_over(first)
    second = await a_step(clerk, case, STEPS[1], behind_the_first)  # the page that showed the first as waiting is still right
    third = await a_step(clerk, case, STEPS[2], await mark(case))
    assert [await outcome(one) for one in (first, second, third)] == ["effective", "effective", "pending"]
    assert await standing(case) == (State.IN_REVIEW, 2)


async def test_a_decision_of_who_is_no_officer_any_more_lapses() -> None:
    clerk = await a_clerk()
    case = await in_review(clerk)
    decision = await a_step(clerk, case, STEPS[0], await mark(case))
    async with unit_of_work() as session:
        await session.execute(text("UPDATE role_grant SET revoked_at = now() WHERE person_id = :id"), {"id": clerk.person_id})
    assert await time_is_over(decision)
    assert (await outcome(decision), await standing(case)) == (DecisionState.LAPSED, (State.IN_REVIEW, 0))
    async with unit_of_work() as session:
        told = await session.execute(text("SELECT person_id FROM notification WHERE kind = 'desk.decision_lapsed'"))
        assert [row.person_id for row in told] == [clerk.person_id]


async def test_the_database_lets_no_second_decision_wait_nor_one_take_effect_before_its_time() -> None:
    clerk = await a_clerk()
    case = await in_review(clerk)
    decision = await a_step(clerk, case, STEPS[0], await mark(case))
    copied = "INSERT INTO application_decisions SELECT gen_random_uuid(), {} FROM application_decisions WHERE id = :id"
    columns = "application_id, kind, args, revision, revision_after, decided_by, decided_at, effective_at, state, machine"
    columns += ", moved_at, moved_by, moved_because"
    sooner = columns.replace("effective_at", "decided_at + interval '9 seconds'")
    for statement, constraint in ((copied.format(columns), "uq_application_decisions_pending"), (copied.format(sooner), "time_to_undo")):
        with pytest.raises(DBAPIError, match=constraint):
            async with unit_of_work() as session:
                await session.execute(text(statement), {"id": decision.id})
    await undo(clerk, decision)
    with pytest.raises(DBAPIError, match="undone"):
        async with unit_of_work() as session:
            values = "state = 'effective', revision_after = 9"
            await session.execute(text(f"UPDATE application_decisions SET {values} WHERE id = :id"), {"id": decision.id})


async def test_at_the_desk_the_last_step_is_confirmed_and_the_next_file_comes_only_when_it_is_opened(app: Litestar) -> None:
    clerk = await a_clerk()
    case, _other = await in_review(clerk, *STEPS[:2]), await in_review(clerk)
    client = await desk_of(app, clerk)
    shown = (await client.get(f"/meja/{case}")).text
    seen = re.findall(r'name="mark" value="([^"]+)"', shown)
    assert set(seen) == {await mark(case)}

    asked = await press(client, f"/meja/{case}/langkah", mark=seen[0], step=STEPS[2], note="Sudah cocok")
    assert (asked.status_code, "Ya, selesaikan" in asked.text) == (200, True)
    assert 'name="note" value="Sudah cocok"' in asked.text
    assert await standing(case) == (State.IN_REVIEW, 2)

    decided = await press(client, f"/meja/{case}/langkah", mark=seen[0], step=STEPS[2], note="Sudah cocok", confirmed="ya")
    assert (decided.status_code, decided.headers["location"]) == (303, f"/meja/{case}#keputusan")
    waiting = (await client.get(f"/meja/{case}")).text
    undoing = re.findall(r'action="(/meja/keputusan/[^"]+/batal)"', waiting)
    assert len(undoing) == 1
    assert 'data-key="s"' not in waiting
    again = await press(client, f"/meja/{case}/langkah", mark=seen[0], step=STEPS[2], confirmed="ya")
    assert (again.status_code, "sudah berubah sejak Anda membukanya" in again.text) == (409, True)

    assert (await press(client, undoing[0])).status_code == 303
    back = (await client.get(f"/meja/{case}")).text
    assert 'data-key="s"' in back
    assert await standing(case) == (State.IN_REVIEW, 2)


async def test_a_form_that_does_not_say_what_it_showed_decides_nothing(app: Litestar) -> None:
    clerk = await a_clerk()
    case = await in_review(clerk)
    client = await desk_of(app, clerk)
    for deed, fields in (("langkah", {"step": STEPS[0]}), ("tolak", {"reason": "Data ganda", "confirmed": "ya"}), ("periksa", {})):
        answer = await press(client, f"/meja/{case}/{deed}", **fields)
        assert answer.status_code == 409
    assert await standing(case) == (State.IN_REVIEW, 0)
    async with unit_of_work() as session:
        assert (await session.scalars(text("SELECT count(*) FROM application_decisions"))).one() == 0


async def test_a_refusal_without_a_reason_asks_for_the_reason_and_one_with_it_for_a_confirmation(app: Litestar) -> None:
    clerk = await a_clerk()
    case = await in_review(clerk)
    client, seen = await desk_of(app, clerk), await mark(case)
    without = await press(client, f"/meja/{case}/tolak", mark=seen)
    assert (without.status_code, "Tulis alasannya. Yang bersangkutan berhak tahu mengapa." in without.text) == (422, True)
    asked = await press(client, f"/meja/{case}/tolak", mark=seen, reason="Data ganda")
    assert (asked.status_code, "Ya, tolak" in asked.text, "Data ganda" in asked.text) == (200, True, True)
    assert (await press(client, f"/meja/{case}/tolak", mark=seen, reason="Data ganda", confirmed="ya")).status_code == 303
    async with unit_of_work() as session:
        decision = await queries.pending_decision(session, case)
    assert decision is not None
    assert await time_is_over(decision)
    assert (await standing(case))[0] == State.REJECTED


async def test_a_program_may_bind_its_decision_to_what_it_read(app: Litestar) -> None:
    clerk = await a_clerk()
    case = await in_review(clerk)
    client = await desk_of(app, clerk)
    client.headers["X-CSRF-Token"] = form_token(client)
    row = (await client.get("/api/v1/desk/applications")).json()["items"][0]
    stale, right = ({"If-Match": f'"{revision}"'} for revision in (row["revision"] - 1, row["revision"]))
    path, body = f"/api/v1/desk/applications/{case}/steps", {"step": STEPS[0]}
    refused = await client.post(path, json=body, headers=stale)
    assert (refused.status_code, refused.json()["code"]) == (409, "file_moved")
    assert (await client.post(path, json=body, headers=right)).json()["steps_done"] == 1
