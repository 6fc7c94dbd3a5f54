"""The same child is registered once, whoever presses at once and however the name is spelled; what is alike stops at an officer."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from civic.registry import service as register
from civic.registry.errors import AlreadyDecided, AlreadyRegistered, LooksLikeAnother, NothingAlike
from civic.registry.likeness import Why, plain
from civic.services import answers as forms
from civic.services import queries, service
from civic.services.errors import NothingAsked
from civic.services.models import State
from common.credentials import queries as credentials
from common.credentials import service as issuing
from common.db import as_owner, unit_of_work
from tests.civic.services.make import BIRTH, NIK, a_citizen, a_draft, an_officer, step
from tests.common.identity.make import bearer, enter
from tests.common.identity.make import officer as an_office_account
from tests.conftest import new_client
from tests.marvec.acting import submit

pytestmark = pytest.mark.usefixtures("database")
BEFORE_LAST = ("verifikasi", "pencatatan")
OTHER_NIK, OTHER_KK = "7371015508850002", "7371019999999999"


async def a_birth(*done: str, **changed: str) -> UUID:
    """An application of another citizen's, with these steps done."""
    citizen = await a_citizen()
    draft = await a_draft(citizen, **changed)
    async with unit_of_work() as session:
        await service.submit(session, citizen, draft.id)
    await step(an_officer(), draft.id, *done)
    return draft.id


async def issue(case: UUID) -> None:
    async with unit_of_work() as session:
        await service.complete_step(session, an_officer(), case, "tanda-tangan")


async def registered(**changed: str) -> UUID:
    case = await a_birth(*BEFORE_LAST, **changed)
    await issue(case)
    return case


async def alike(case: UUID) -> list[register.Likeness]:
    async with unit_of_work() as session:
        application = await queries.for_update(session, case)
        return await register.alike(session, case, forms.unseal(case, application.answers))


async def decide(case: UUID, *, same: bool, reason: str = "Sudah saya bandingkan") -> None:
    (found,) = await alike(case)
    async with unit_of_work() as session:
        await register.decide(session, an_officer(), case, found.entry.id, same=same, reason=reason)


async def count(what: str = "births") -> int:
    async with unit_of_work() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {what}"))).scalar_one())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muhammad Djafar", "MOEH. Jafar"), ("Sitti Aisyah", "St. Aisya"), ("Nur Azizah", "Noerazizah"), ("José Ñandú", "jose  nandu"),
        ("Abd. Chaliq", "Abdul Haliq"), ("Andi Raihan", "A. Rayhan"), ("Tjahaya", "Cahaya"), ("D’Angelo", "DANGELO"), ("Fathir", "Fatir"),
    ],
)  # fmt: skip
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("Aisyah", "Zahra"), ("Muhammad Fathir", "Muhammad Alif"), ("Ali", "Alia"), ("Ardi", "Andi")])
def test_two_names_stay_two(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize("name", [BIRTH["nama_anak"], "muh. FATHIR ramadan", "Moehammad  Fatir Ramadhan"])
async def test_the_same_child_in_a_second_application_is_refused(name: str) -> None:
    await registered()
    second = await a_birth(*BEFORE_LAST, nama_anak=name)
    assert [one.why for one in await alike(second)] == [Why.SAME]
    with pytest.raises(AlreadyRegistered):
        await issue(second)
    with pytest.raises(AlreadyRegistered):
        await decide(second, same=False)
    async with unit_of_work() as session:
        assert await credentials.of_application(session, second) is None
        assert (await queries.for_update(session, second)).state == State.IN_REVIEW
    assert await count() == 1


async def test_of_two_officers_who_issue_the_same_child_at_once_one_does() -> None:
    cases = [await a_birth(*BEFORE_LAST, nama_anak=name) for name in ("Fathir", "FATHIR", "Fatir", "Fathir.")]
    found: list[Any] = await asyncio.gather(*(issue(case) for case in cases), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["AlreadyRegistered"] * 3 + ["NoneType"]
    assert (await count(), await count("credentials")) == (1, 1)


async def test_of_two_alike_at_once_the_second_waits_and_sees_the_first() -> None:
    cases = [await a_birth(*BEFORE_LAST, anak_ke=order) for order in ("1", "2")]
    found: list[Any] = await asyncio.gather(*(issue(case) for case in cases), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["LooksLikeAnother", "NoneType"]
    assert await count() == 1


async def test_the_database_has_the_last_word() -> None:
    await registered()
    other = await a_birth()
    named = "number, application_id, facts, mother, born, birth_order, child, family, registered_by, registered_at"
    again = f"INSERT INTO births (id, {named}) SELECT gen_random_uuid(), {named} FROM births"
    again = again.replace("SELECT gen_random_uuid(), number, application_id", "SELECT gen_random_uuid(), 'x', :other")
    nameless = again.replace(
        "facts, mother, born, birth_order, child, family, registered_by, registered_at FROM",
        "facts, NULL, born, 1, child, family, registered_by, registered_at FROM",
    )
    for raw in (again, nameless):
        with pytest.raises(IntegrityError, match=r"a_child_is_registered_once|say_who_was_born"):
            async with unit_of_work() as session:
                await session.execute(text(raw), {"other": other})


async def test_nothing_of_a_child_can_be_read_from_the_register() -> None:
    await registered()
    async with unit_of_work() as session:
        row = str((await session.execute(text("SELECT to_jsonb(births) FROM births"))).scalar_one())
    assert [word for word in (NIK, "Fathir", BIRTH["nomor_kk"], BIRTH["tanggal_lahir"]) if word in row] == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"nama_anak": "Zahra Tenri"}, Why.ORDER),
        ({"nama_anak": "Zahra Tenri", "tanggal_lahir": "2026-06-01", "anak_ke": "2"}, Why.NEAR),
        ({"nama_anak": "Muhammad Fathur Ramadhan", "anak_ke": "2"}, Why.NAME),
        ({"nama_anak": "Muhammad Fathur Ramadhan", "anak_ke": "2", "tanggal_lahir": "2024-06-01"}, Why.NAME),
        ({"nik_ibu": OTHER_NIK}, Why.NAME),
        ({"nik_ibu": OTHER_NIK, "nomor_kk": OTHER_KK}, Why.NAME),
    ],
)
async def test_what_is_alike_stops_until_an_officer_has_decided(changed: dict[str, str], why: Why) -> None:
    await registered()
    second = await a_birth(*BEFORE_LAST, **changed)
    assert [(one.why, one.stops) for one in await alike(second)] == [(why, True)]
    with pytest.raises(LooksLikeAnother):
        await issue(second)
    with pytest.raises(NothingAsked):
        await decide(second, same=False, reason=" ")
    await decide(second, same=False)
    with pytest.raises(AlreadyDecided):
        await decide(second, same=True)
    await issue(second)
    assert await count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"nama_anak": "Zahra Tenri", "tanggal_lahir": "2025-06-01", "anak_ke": "2"},
        {"nik_ibu": OTHER_NIK, "nomor_kk": OTHER_KK, "nama_ibu": "Ibu Lain"},
        {"nik_ibu": OTHER_NIK, "nomor_kk": OTHER_KK, "tanggal_lahir": "2026-11-03"},
    ],
)
async def test_another_child_is_not_held_up(changed: dict[str, str]) -> None:
    await registered()
    second = await a_birth(*BEFORE_LAST, **changed)
    assert await alike(second) == []
    await issue(second)


async def test_twins_are_shown_and_not_stopped() -> None:
    await registered()
    twin = await a_birth(*BEFORE_LAST, nama_anak="Zahra Tenri", anak_ke="2")
    assert [(one.why, one.stops) for one in await alike(twin)] == [(Why.TWIN, False)]
    await issue(twin)
    assert await count() == 2


async def test_called_the_same_the_application_is_rejected_and_it_is_on_record() -> None:
    await registered()
    second = await a_birth(*BEFORE_LAST, anak_ke="2")
    await decide(second, same=True, reason="Nama dan tanggalnya sama, urutannya keliru")
    async with unit_of_work() as session:
        application = await queries.for_update(session, second)
        assert (application.state, application.moved_because) == (State.REJECTED, "Nama dan tanggalnya sama, urutannya keliru")
        trail = await session.scalars(text("SELECT action FROM audit_entries WHERE subject_id = :id ORDER BY at, id"), {"id": str(second)})
        assert list(trail)[-2:] == ["birth.compared", "application.rejected"]
    async with as_owner() as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="never changed"):
            await connection.execute("UPDATE birth_comparisons SET same = false")


async def test_a_word_on_one_name_is_no_word_on_another() -> None:
    await registered()
    citizen, officer = await a_citizen(), an_officer()
    draft = await a_draft(citizen, nama_anak="Zahra Tenri")
    async with unit_of_work() as session:
        await service.submit(session, citizen, draft.id)
    await step(officer, draft.id)
    await decide(draft.id, same=False)
    async with unit_of_work() as session:
        await service.ask_correction(session, officer, draft.id, [{"target": "nama_anak", "message": "Nama lengkap?"}])
    async with unit_of_work() as session:
        await service.fill(session, citizen, draft.id, {"nama_anak": "Muhammad Fathur"})
        await service.submit(session, citizen, draft.id)
    await step(officer, draft.id, *BEFORE_LAST)
    with pytest.raises(LooksLikeAnother):
        await issue(draft.id)


async def test_after_a_revocation_the_child_is_registered_anew() -> None:
    first = await registered()
    second = await a_birth(*BEFORE_LAST)
    async with unit_of_work() as session:
        credential = await credentials.of_application(session, first)
        assert credential is not None
        await issuing.revoke(session, an_officer(), credential.id, "Data keliru")
    assert [(one.why, one.stops, one.revoked) for one in await alike(second)] == [(Why.SAME, False, True)]
    await issue(second)
    third = await a_birth(*BEFORE_LAST)
    with pytest.raises(AlreadyRegistered):
        await issue(third)


async def test_entries_from_before_are_found_too_and_what_was_registered_twice_is_on_record(doors: Any) -> None:
    await registered()
    await registered(nama_anak="Zahra Tenri", nik_ibu=OTHER_NIK, nomor_kk=OTHER_KK)
    blank = "mother = NULL, born = NULL, birth_order = NULL, child = NULL, family = NULL"
    await doors.execute(f"UPDATE births SET {blank}")
    async with unit_of_work() as session:
        assert await register.name_old_entries(session) == 2
    second = await a_birth(*BEFORE_LAST)
    with pytest.raises(AlreadyRegistered):
        await issue(second)


async def office(app: Litestar, name: str = "DISDUKCAPIL") -> httpx.AsyncClient:
    client = new_client(app)
    async with unit_of_work() as session:
        await enter(session, client, await an_office_account(session, name))
    return client


async def test_the_officer_sees_both_side_by_side_and_decides_with_a_reason(app: Litestar) -> None:
    await registered()
    second = await a_birth(*BEFORE_LAST, nama_anak="Muhammad Fathur Ramadhan", anak_ke="2")
    (found,) = await alike(second)
    desk, where = await office(app), f"/meja/{second}/kelahiran/{found.entry.id}"
    assert f'href="{where}"' in (await desk.get(f"/meja/{second}")).text
    page = (await desk.get(where)).text
    assert ("Muhammad Fathir Ramadhan" in page, "Muhammad Fathur Ramadhan" in page, found.entry.number in page) == (True, True, True)
    assert page.count("Berbeda") == 2
    empty = await submit(desk, where, f"{where}/lain", {"reason": ""})
    assert empty.status_code == 422
    done = await submit(desk, where, f"{where}/lain", {"reason": "Kembar, dua surat lahir"})
    assert (done.status_code, done.headers["location"].split("?")[0]) == (303, f"/meja/{second}")
    assert "Kembar, dua surat lahir" in (await desk.get(where)).text
    await issue(second)
    async with unit_of_work() as session:
        reads = "SELECT count(*) FROM audit_entries WHERE action = 'personal.read' AND subject_id = :id"
        assert (await session.execute(text(reads), {"id": str(found.entry.application_id)})).scalar_one() >= 2
    assert (await (await office(app, "DPMPTSP")).get(where)).status_code == 404


async def test_the_same_in_json(client: httpx.AsyncClient) -> None:
    await registered()
    second = await a_birth(*BEFORE_LAST, anak_ke="2")
    async with unit_of_work() as session:
        headers = await bearer(session, await an_office_account(session), "desk")
        stranger = await bearer(session, await an_office_account(session, "DPMPTSP"), "desk")
    at = f"/api/v1/desk/applications/{second}/likenesses"
    (found,) = (await client.get(at, headers=headers)).json()["items"]
    assert (found["why"], found["stops"], found["decided"]) == ("name", True, None)
    assert (await client.get(at, headers=stranger)).status_code == 404
    word = f"{at}/{found['birth_id']}/decision"
    assert (await client.post(word, json={"same": False, "reason": ""}, headers=headers)).status_code == 422
    assert (await client.post(word, json={"same": False, "reason": "Kembar"}, headers=headers)).json()["decided"] == "other"
    nobody = word.replace(found["birth_id"], str(second))
    assert (await client.post(nobody, json={"same": True, "reason": "Kembar"}, headers=headers)).json()["code"] == NothingAlike.code
