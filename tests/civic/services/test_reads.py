"""Whoever opens a person's file is on record, by whichever door, and the person sees who, what, when and why."""

import io
import json
import zipfile
from collections.abc import Sequence
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civic.services import queries, service
from common import personal
from common.account import queries as account
from common.account import service as own
from common.account.schemas import ReadOut
from common.actor import Actor
from common.audit import reading
from common.db import unit_of_work
from common.identity import queries as identity
from common.jobs import due_rows, run_row
from tests.civic.services.make import NIK, a_citizen, a_draft, attach, step
from tests.civic.services.test_decisions import STEPS, a_clerk, desk_of, mark, press
from tests.common.files.make import a_pdf
from tests.common.identity.make import enter
from tests.conftest import new_client

pytestmark = pytest.mark.usefixtures("database", "house")


async def a_case(citizen: Actor) -> tuple[UUID, UUID]:
    """Handed in, its birth letter a PDF; -> its id and the PDF's."""
    draft = await a_draft(citizen)
    async with unit_of_work() as session:
        paper = await attach(session, citizen, draft.id, "surat_lahir", data=a_pdf(), filename=f"{NIK}.pdf")
        await service.submit(session, citizen, draft.id)
    return draft.id, paper


async def reads_of(citizen: Actor) -> Sequence[ReadOut]:
    async with unit_of_work() as session:
        return (await account.reads_of(session, citizen.person_id, None, 100)).items


async def own_client(app: Litestar, citizen: Actor) -> httpx.AsyncClient:
    client = new_client(app)
    async with unit_of_work() as session:
        await enter(session, client, await identity.by_id(session, citizen.person_id))
    return client


async def test_every_door_to_a_file_leaves_its_own_line(app: Litestar) -> None:
    citizen, clerk = await a_citizen(), await a_clerk()
    case, paper = await a_case(citizen)
    await step(clerk, case, *STEPS)
    client = await desk_of(app, clerk)
    async with unit_of_work() as session:
        photo = (await queries.documents(session, case))["kk"].file_id
    doors = [
        f"/meja/{case}", f"/permohonan/{case}", f"/api/v1/applications/{case}", f"/permohonan/{case}/dokumen",
        f"/api/v1/applications/{case}/certificate", f"/berkas/{paper}", f"/berkas/{paper}/pratinjau", f"/berkas/{photo}/480",
    ]  # fmt: skip
    before = {(one.what, one.label, one.purpose): one.times for one in await reads_of(citizen)}
    for door in doors:
        assert (await client.get(door)).status_code == 200, door
    async with unit_of_work() as session:
        reference = (await queries.visible(session, citizen, case)).reference
    found = {(one.what, one.label, one.purpose): one.times for one in await reads_of(citizen)}
    new = {key: times - before.get(key, 0) for key, times in found.items() if times != before.get(key, 0)}
    assert new == {
        ("Permohonan", reference, "memeriksa permohonan"): 3,
        ("Permohonan", reference, "melihat dokumen yang terbit"): 2,
        ("Berkas", f"{reference} surat_lahir", "memeriksa berkas yang diunggah"): 2,
        ("Berkas", f"{reference} kk", "memeriksa berkas yang diunggah"): 1,
    }
    assert {(one.reader, one.role, one.office) for one in await reads_of(citizen)} == {
        ("Hj. Rostina", "petugas", "Dinas Kependudukan dan Pencatatan Sipil")
    }


async def test_ones_own_reading_and_a_refused_one_are_none(app: Litestar) -> None:
    citizen, stranger = await a_citizen(), await a_citizen("Orang lain")
    case, paper = await a_case(citizen)
    mine, theirs = await own_client(app, citizen), await own_client(app, stranger)
    for door in (f"/permohonan/{case}", f"/berkas/{paper}", f"/api/v1/applications/{case}"):
        assert (await mine.get(door)).status_code == 200
        assert (await theirs.get(door, headers={"accept": "application/json"})).status_code == 404
    assert await reads_of(citizen) == []


async def test_a_file_that_is_shown_again_with_an_error_was_read_though_all_else_was_undone(app: Litestar) -> None:
    citizen, clerk = await a_citizen(), await a_clerk()
    case, _paper = await a_case(citizen)
    client = await desk_of(app, clerk)
    shown = await press(client, f"/meja/{case}/tolak", mark=await mark(case))
    assert (shown.status_code, "Sitti Rahmah" in shown.text) == (422, True)
    assert [(one.purpose, one.times) for one in await reads_of(citizen)] == [("memutuskan permohonan", 1)]


async def test_the_task_is_named_and_a_repeated_read_is_counted_not_lost(app: Litestar) -> None:
    citizen, clerk = await a_citizen(), await a_clerk()
    case, _paper = await a_case(citizen)
    client = await desk_of(app, clerk)
    for _ in range(3):
        await client.get(f"/meja/{case}")
    (read,) = await reads_of(citizen)
    assert (read.times, read.because) == (3, "Pemeriksaan berkas")


async def test_the_person_sees_it_on_the_page_a_page_at_a_time_and_in_the_download(app: Litestar) -> None:
    citizen, clerk = await a_citizen(), await a_clerk()
    client = await desk_of(app, clerk)
    cases = [(await a_case(citizen))[0] for _ in range(11)]
    for case in cases:
        await client.get(f"/meja/{case}")
    mine = await own_client(app, citizen)
    shown = (await mine.get("/akun/data")).text
    assert (shown.count("Hj. Rostina"), "Pemeriksaan berkas" in shown) == (10, True)
    (rest,) = [link for link in shown.split('"') if link.startswith("/akun/data?cursor=")]
    assert (await mine.get(rest.replace("&amp;", "&"))).text.count("Hj. Rostina") == 1
    listed = (await mine.get("/api/v1/people/me/reads?limit=4")).json()
    assert (len(listed["items"]), listed["items"][0]["reader"], bool(listed["next"])) == (4, "Hj. Rostina", True)

    async with unit_of_work() as session:
        export = await own.ask_export(session, citizen)
    assert [await run_row(row) for row in await due_rows()]
    async with unit_of_work() as session:
        body = await own.open_export(session, citizen, export.id)
    kept = json.loads(zipfile.ZipFile(io.BytesIO(body)).read("siapa-membuka-data-saya.json"))
    assert (len(kept), kept[0]["purpose"]) == (11, "memeriksa permohonan")
    assert "siapa-membuka-data-saya" in personal.EXPORTS


async def test_no_nik_gets_into_the_trail_whoever_types_it() -> None:
    citizen, clerk = await a_citizen(), await a_clerk()
    async with unit_of_work() as session:
        await reading.record(
            session, clerk, owner_id=citizen.person_id, subject_kind="nik", subject_id=citizen.person_id,
            purpose=reading.Purpose.IDENTITY, because=f"cek {NIK} ini",
        )  # fmt: skip
    async with unit_of_work() as session:
        kept = (await session.scalars(text("SELECT details::text FROM audit_entries WHERE action = 'personal.read'"))).one()
    assert (NIK in kept, f"cek {'•' * 16} ini" in kept) == (False, True)
    with pytest.raises(DBAPIError, match="no NIK"):
        async with unit_of_work() as session:
            values = f"""gen_random_uuid(), now(), NULL, 'x', 'x', 'x', '{{"because": "{NIK}"}}'"""
            await session.execute(text(f"INSERT INTO audit_entries VALUES ({values})"))
