"""A correction opens what was asked and nothing else, and no step stands on what it has not seen."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from civic.services import answers as forms
from civic.services import queries, service
from civic.services.errors import NotAsked, NotYours
from civic.services.models import State
from common.actor import Actor
from common.credentials import queries as credentials
from common.db import hot, unit_of_work
from common.files import queries as files
from common.files.models import key_of
from common.files.stores import store
from common.identity import queries as identity
from tests.civic.services.make import BIRTH, NIK, a_citizen, a_draft, an_officer, attach, handed_in, step
from tests.common.files.make import a_photo
from tests.common.identity.make import bearer, enter
from tests.common.identity.make import officer as an_office_account
from tests.conftest import RunJobs, new_client
from tests.marvec.acting import submit

pytestmark = pytest.mark.usefixtures("database")
OTHER_NIK = "7371015508850002"
KEPT = {**BIRTH, "telepon": "+6281234567890"}
ORDER = ({"target": "anak_ke", "message": "Anak kedua, menurut KK"},)


async def asked(officer: Actor, case: UUID, *items: dict[str, str], done: tuple[str, ...] = ()) -> None:
    await step(officer, case, *done)
    async with unit_of_work() as session:
        await service.ask_correction(session, officer, case, list(items or ORDER))


async def answers_of(case: UUID) -> dict[str, str]:
    async with unit_of_work() as session:
        return forms.unseal(case, (await queries.for_update(session, case)).answers)


async def fill(citizen: Actor, case: UUID, **given: str) -> None:
    async with unit_of_work() as session:
        await service.fill(session, citizen, case, given)


async def send(citizen: Actor, case: UUID) -> None:
    async with unit_of_work() as session:
        await service.submit(session, citizen, case)


async def steps_of(case: UUID) -> tuple[int, list[str], list[str]]:
    """How many count, which are done, and which were done before."""
    async with unit_of_work() as session:
        application = await queries.for_update(session, case)
        done, again = await queries.steps(session, case), await queries.reopened(session, case)
        return application.steps_done, [one.code for one in done], [one.code for one in again]


async def signed_in(app: Litestar, actor: Actor) -> httpx.AsyncClient:
    client = new_client(app)
    async with unit_of_work() as session:
        await enter(session, client, await identity.by_id(session, actor.person_id))
    return client


async def test_asked_for_the_birth_order_a_citizen_changes_the_birth_order_alone() -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case)
    for closed in ({"nama_anak": "Orang Lain"}, {"nik_ibu": OTHER_NIK}, {"anak_ke": "2", "nama_anak": "Orang Lain"}):
        with pytest.raises(NotAsked) as refused:
            await fill(mother, case, **closed)
        assert set(refused.value.fields) == set(closed) - {"anak_ke"}
    for paper in ("ktp_ibu", "kk", "surat_lahir"):
        with pytest.raises(NotAsked):
            async with unit_of_work() as session:
                await attach(session, mother, case, paper, filename="lain.jpg")
    assert await answers_of(case) == KEPT
    await fill(mother, case, **{**BIRTH, "anak_ke": "2"})  # what is said again as it was is no change
    assert await answers_of(case) == {**KEPT, "anak_ke": "2"}


async def test_the_api_refuses_the_rest_by_name_and_says_what_is_open(client: httpx.AsyncClient) -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case)
    async with unit_of_work() as session:
        headers = await bearer(session, await identity.by_id(session, mother.person_id), "applications")
    own = f"/api/v1/applications/{case}"
    assert (await client.get(own, headers=headers)).json()["opens"] == ["anak_ke"]
    refused = await client.patch(own, json={"answers": {"nama_anak": "Orang Lain", "nik_ibu": OTHER_NIK}}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_asked_for")
    assert {one["field"] for one in refused.json()["errors"]} == {"nama_anak", "nik_ibu"}
    paper = await client.put(f"{own}/documents/ktp_ibu", files={"data": ("ktp.jpg", a_photo(), "image/jpeg")}, headers=headers)
    assert (paper.status_code, paper.json()["code"]) == (409, "not_asked_for")
    assert (await client.patch(own, json={"answers": {"anak_ke": "2"}}, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        "UPDATE applications SET answers = jsonb_set(answers, '{nama_anak}', answers -> 'nama_ibu')",
        "UPDATE applications SET answers = answers - 'nik_ibu'",
        "UPDATE applications SET answers = answers || '{\"nik_ayah\": \"x\"}', state = 'submitted'",
        "UPDATE application_documents SET file_id = gen_random_uuid() WHERE name = 'ktp_ibu'",
        "DELETE FROM application_documents WHERE name = 'kk'",
        "UPDATE application_documents SET name = 'anak_ke' WHERE name = 'kk'",
        "UPDATE application_corrections SET opens = '[\"nama_anak\"]'",
        "DELETE FROM application_corrections",
    ],
)
async def test_the_database_has_the_last_word_on_what_is_open(raw: str) -> None:
    case = await handed_in(await a_citizen())
    await asked(an_officer(), case)
    with pytest.raises(DBAPIError, match=r"change_where_asked|are_only_answered|not open|stays in its place|answered once"):
        async with unit_of_work() as session:
            await session.execute(text(raw))
    assert await answers_of(case) == KEPT


async def test_while_the_office_has_a_file_not_even_raw_sql_changes_it() -> None:
    await handed_in(await a_citizen())
    for raw in ("UPDATE applications SET answers = '{}'", "DELETE FROM application_documents"):
        with pytest.raises(IntegrityError):
            async with unit_of_work() as session:
                await session.execute(text(raw))


async def test_a_step_that_looked_at_what_changed_is_done_again_and_the_officer_sees_before_and_after() -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case, done=("verifikasi", "pencatatan"))
    await fill(mother, case, anak_ke="2")
    await send(mother, case)
    assert await steps_of(case) == (0, [], ["verifikasi", "pencatatan"])
    await step(officer, case, "verifikasi", "pencatatan", "tanda-tangan")
    assert await steps_of(case) == (3, ["verifikasi", "pencatatan", "tanda-tangan"], ["verifikasi", "pencatatan"])


async def test_what_no_done_step_looked_at_reopens_none() -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case, {"target": "telepon", "message": "Nomornya tidak aktif"}, done=("verifikasi", "pencatatan"))
    await fill(mother, case, telepon="0813 1111 2222")
    await send(mother, case)
    assert await steps_of(case) == (2, ["verifikasi", "pencatatan"], [])
    await step(officer, case, "tanda-tangan")


async def test_only_from_the_step_on_that_looked_at_it() -> None:
    """The expert team looks at the drawings and not at the tax receipt, which the check of the papers does."""
    citizen, officer = await a_citizen(), an_officer("DPMPTSP")
    case = await handed_in(citizen, "pbg")
    await asked(officer, case, {"target": "pbb", "message": "Tahun lalu"}, done=("periksa",))
    async with unit_of_work() as session:
        await attach(session, citizen, case, "pbb", filename="pbb.jpg")
        await service.submit(session, citizen, case)
    assert await steps_of(case) == (0, [], ["periksa"])


async def test_what_was_changed_back_has_not_changed() -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case, {"target": "nama_ayah", "message": "Siapa?"}, *ORDER, done=("verifikasi", "pencatatan"))
    for value in ("2", "1"):
        await fill(mother, case, anak_ke=value, nama_ayah="" if value == "1" else "Baso")
    await send(mother, case)
    assert await steps_of(case) == (2, ["verifikasi", "pencatatan"], [])
    await step(officer, case, "tanda-tangan")
    async with unit_of_work() as session:
        assert await credentials.of_application(session, case) is not None


async def test_what_an_asked_answer_newly_calls_for_is_open_too_and_what_it_called_for_before_is_not() -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case, {"target": "orang_tua_menikah", "message": "Ada buku nikah?"})
    await fill(mother, case, orang_tua_menikah="ya")
    async with unit_of_work() as session:
        await attach(session, mother, case, "buku_nikah", filename="nikah.jpg")
        await service.submit(session, mother, case)
    await asked(officer, case, {"target": "orang_tua_menikah", "message": "Yakin?"})
    with pytest.raises(NotAsked):
        async with unit_of_work() as session:
            await attach(session, mother, case, "buku_nikah", filename="lain.jpg")


async def test_nothing_is_approved_that_a_step_has_not_seen_as_it_is() -> None:
    """Somebody with raw SQL skips the reopening: the database remembers what each step saw."""
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case, done=("verifikasi", "pencatatan"))
    await fill(mother, case, anak_ke="2")
    async with unit_of_work() as session:
        await session.execute(text("UPDATE applications SET state = 'submitted', moved_because = ''"))
        await session.execute(text("UPDATE applications SET state = 'in_review'"))
    with pytest.raises(IntegrityError, match="has not seen this file"):
        await step(officer, case, "tanda-tangan")
    async with unit_of_work() as session:
        assert await credentials.of_application(session, case) is None


async def test_a_change_in_the_moment_of_sending_comes_before_it_and_reopens_or_not_at_all() -> None:
    for number in range(8):
        mother, officer = await a_citizen(), an_officer()
        case = await handed_in(mother)
        await asked(officer, case, done=("verifikasi",))
        moments = [fill(mother, case, anak_ke="2"), send(mother, case)]
        results: list[Any] = await asyncio.gather(*(moments if number % 2 else moments[::-1]), return_exceptions=True)
        refused = [one for one in results if one is not None]
        assert [type(one) for one in refused] in ([], [NotYours])
        changed = (await answers_of(case))["anak_ke"] == "2"
        assert (await steps_of(case))[0] == (0 if changed else 1)
        assert changed is not bool(refused)


async def test_what_was_sealed_as_a_whole_is_read_and_corrected_as_ever() -> None:
    """Applications from before each answer was sealed by itself."""
    mother, officer = await a_citizen(), an_officer()
    draft = await a_draft(mother)
    whole = forms.seal_whole(draft.id, BIRTH)
    async with hot() as connection:
        await connection.execute(
            "UPDATE applications SET answers = jsonb_build_object('', replace(encode($1, 'base64'), E'\\n', ''))", whole
        )
    await send(mother, draft.id)
    await asked(officer, draft.id, done=("verifikasi",))
    with pytest.raises(NotAsked):
        await fill(mother, draft.id, nama_anak="Orang Lain")
    await fill(mother, draft.id, anak_ke="2")
    await send(mother, draft.id)
    assert await answers_of(draft.id) == {**BIRTH, "anak_ke": "2"}
    assert (await steps_of(draft.id))[0] == 0
    await step(officer, draft.id, "verifikasi", "pencatatan", "tanda-tangan")


async def test_the_form_lands_on_what_must_be_corrected_and_opens_nothing_else(app: Litestar) -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    await asked(officer, case, {"target": "nik_ibu", "message": "Satu angka kurang"}, {"target": "kk", "message": "Buram"})
    client = await signed_in(app, mother)
    page = (await client.get(f"/permohonan/{case}")).text
    assert f'href="/permohonan/{case}/isi?bagian=orang-tua#f-nik_ibu"' in page
    form = (await client.get(f"/permohonan/{case}/isi")).text
    assert 'id="f-nik_ibu"' in form
    assert [name for name in BIRTH if f'name="{name}"' in form] == ["nik_ibu"]
    assert ["?bagian=anak" in form, "?bagian=berkas" in form, "?bagian=kontak" in form] == [False, True, False]
    papers = (await client.get(f"/permohonan/{case}/isi?bagian=berkas")).text
    assert [name for name in ("surat_lahir", "kk", "ktp_ibu") if f"/berkas/{name}" in papers] == ["kk"]
    where = f"/permohonan/{case}/isi?bagian=orang-tua"
    sneaky = await submit(client, where, where, {"nik_ibu": OTHER_NIK, "nama_ibu": "Orang Lain"})
    assert (sneaky.status_code, "tidak diminta diperbaiki" in sneaky.text) == (409, True)
    kept = await submit(client, where, where, {"nik_ibu": OTHER_NIK})
    assert kept.headers["location"] == f"/permohonan/{case}/isi?bagian=berkas"
    assert await answers_of(case) == {**KEPT, "nik_ibu": OTHER_NIK}


async def test_a_paper_alone_is_landed_on_too(app: Litestar) -> None:
    mother = await a_citizen()
    case = await handed_in(mother)
    await asked(an_officer(), case, {"target": "surat_lahir", "message": "Buram"})
    client = await signed_in(app, mother)
    assert f'href="/permohonan/{case}/isi?bagian=berkas#berkas-surat_lahir"' in (await client.get(f"/permohonan/{case}")).text
    assert 'id="berkas-surat_lahir"' in (await client.get(f"/permohonan/{case}/isi")).text


async def test_the_officer_sees_what_changed_since_with_the_old_paper(app: Litestar) -> None:
    mother = await a_citizen()
    case = await handed_in(mother)
    async with unit_of_work() as session:
        old = (await queries.documents(session, case))["kk"].file_id
    await asked(an_officer(), case, {"target": "kk", "message": "Buram"}, *ORDER, {"target": "nama_ibu", "message": "Benar?"})
    await fill(mother, case, anak_ke="2")
    async with unit_of_work() as session:
        new = await attach(session, mother, case, "kk", filename="kk baru.jpg")
        await service.submit(session, mother, case)
    desk = new_client(app)
    async with unit_of_work() as session:
        await enter(session, desk, await an_office_account(session))
    page = (await desk.get(f"/meja/{case}")).text
    shown = page[page.index("Yang diperbaiki pemohon") : page.index("review-form")]
    assert "Sebelumnya: </span>1</del>" in shown
    assert "Sekarang: </span>2</ins>" in shown
    assert (shown.count("Berubah"), shown.count("Tetap")) == (2, 1)
    assert (f"/berkas/{old}" in shown, f"/berkas/{new}" in shown) == (True, True)
    assert (await desk.get(f"/berkas/{old}")).status_code == 200
    found = (await desk.get(f"/api/v1/desk/applications/{case}/changes")).json()["items"]
    assert [(one["name"], one["before"], one["after"], one["changed"]) for one in found if not one["is_document"]] == [
        ("anak_ke", "1", "2", True), ("nama_ibu", "Sitti Rahmah", "Sitti Rahmah", False),
    ]  # fmt: skip


async def test_the_last_look_at_ones_own_form_shows_every_digit_and_no_other_page_does(app: Litestar) -> None:
    mother = await a_citizen()
    draft = await a_draft(mother)
    client = await signed_in(app, mother)
    look = await client.get(f"/permohonan/{draft.id}/isi?bagian=periksa")
    assert NIK in look.text
    assert BIRTH["nomor_kk"] in look.text
    assert look.headers["cache-control"] == "no-store"
    await send(mother, draft.id)
    assert NIK not in (await client.get(f"/permohonan/{draft.id}")).text
    async with unit_of_work() as session:
        assert (await queries.for_update(session, draft.id)).state == State.SUBMITTED


async def test_a_replaced_paper_goes_unless_a_correction_remembers_it(run_jobs: RunJobs) -> None:
    mother = await a_citizen()
    draft = (await a_draft(mother)).id

    async def replace() -> UUID:
        async with unit_of_work() as session:
            return await attach(session, mother, draft, "kk")

    async with unit_of_work() as session:
        first = (await queries.documents(session, draft))["kk"].file_id
    second = await replace()
    async with unit_of_work() as session:
        await service.submit(session, mother, draft)
    await asked(an_officer(), draft, {"target": "kk", "message": "Buram"})
    third, fourth = await replace(), await replace()
    await run_jobs()
    async with unit_of_work() as session:
        assert await files.known_ids(session, [first, second, third, fourth]) == {second, fourth}
    written = {key for key, _at in await store().keys()}
    assert [key_of(file_id) in written for file_id in (first, second, third, fourth)] == [False, True, False, True]
