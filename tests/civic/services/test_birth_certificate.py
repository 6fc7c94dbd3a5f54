from datetime import timedelta

import pytest
from sqlalchemy import event, text

from civic.promises import queries as promises
from civic.services import queries, service
from civic.services.errors import Incomplete, NoSuchApplication, NotYours, StepNotNext
from civic.services.models import State
from common import clock
from common.actor import Actor, Grant, Role
from common.credentials import queries as credentials
from common.credentials import service as issuing
from common.db import database as doors
from common.db import unit_of_work
from common.errors import Forbidden
from tests.civic.services.make import BIRTH, NIK, a_citizen, a_draft, an_officer, handed_in, step


async def state_of(application_id: object) -> State:
    async with unit_of_work() as session:
        return (await queries.for_update(session, application_id)).state  # type: ignore[arg-type]  # a UUID


async def test_a_mother_applies_mends_one_thing_and_holds_a_certificate_that_anybody_can_check_until_it_is_revoked(database: None) -> None:
    mother, officer = await a_citizen(), an_officer()
    case = await handed_in(mother)
    async with unit_of_work() as session:
        await service.take_up(session, officer, case)
        await service.ask_correction(session, officer, case, [{"target": "nama_anak", "message": "Tulis seperti di surat lahir"}])
    assert await state_of(case) == State.CORRECTION

    async with unit_of_work() as session:
        await service.fill(session, mother, case, {"nama_anak": "Muhammad Fathir"})
        await service.submit(session, mother, case)
    await step(officer, case, "verifikasi", "pencatatan", "tanda-tangan")

    async with unit_of_work() as session:
        issued = await credentials.of_application(session, case)
        assert issued is not None
        found = await credentials.by_code(session, issued.code)
        assert found.holds
        assert found.subject["Nama lengkap anak"] == "Muhammad Fathir"
        assert found.subject["Nomor akta"].startswith("7371-LU-")
        assert NIK not in str(found.subject)
        name, pdf = await service.certificate(session, mother, case)
        assert (name, pdf[:5]) == (f"akta-kelahiran-{issued.code}.pdf", b"%PDF-")
        moves = [row.to_state for row in await queries.history(session, case)]
        assert moves == ["draft", "submitted", "in_review", "correction", "submitted", "in_review", "approved", "issued"]
    async with unit_of_work() as session:
        await issuing.revoke(session, officer, issued.id, "Data ganda")
    async with unit_of_work() as session:
        assert not (await credentials.by_code(session, issued.code)).holds


async def test_what_is_missing_is_said_all_at_once_and_nothing_is_handed_in(database: None) -> None:
    mother = await a_citizen()
    async with unit_of_work() as session:
        draft = await service.start(session, mother, "akta-kelahiran")
        wrong = {**BIRTH, "nik_ibu": "123", "tanggal_lahir": "2999-01-01", "orang_tua_menikah": "ya", "nama_ibu": " "}
        _application, problems = await service.fill(session, mother, draft.id, wrong)
        assert set(problems) == {"nik_ibu", "tanggal_lahir"}
    with pytest.raises(Incomplete) as refused:
        async with unit_of_work() as session:
            await service.submit(session, mother, draft.id)
    assert set(refused.value.fields) == {"nik_ibu", "tanggal_lahir", "nama_ibu", "surat_lahir", "kk", "ktp_ibu", "buku_nikah"}
    assert await state_of(draft.id) == State.DRAFT


async def test_answers_lie_sealed_in_the_database(database: None) -> None:
    draft = await a_draft(await a_citizen())
    async with unit_of_work() as session:
        sealed = (await session.execute(text("SELECT answers FROM applications"))).scalar_one()
    assert set(sealed) == set(BIRTH)
    assert [word for word in (NIK, "Fathir", "Sitti") if word in str(sealed)] == []
    assert len(sealed["nama_anak"]) == len(sealed["jenis_kelamin"]) == 88  # a length says nothing of what was answered
    assert draft.reference.startswith("PMH-")


async def test_strangers_other_offices_and_the_officer_of_the_draft_see_nothing(database: None) -> None:
    mother, draft = await a_citizen(), None
    draft = await a_draft(mother)
    for outsider in (await a_citizen("Orang lain"), an_officer("DPMPTSP"), an_officer()):
        with pytest.raises(NoSuchApplication):
            async with unit_of_work() as session:
                await queries.visible(session, outsider, draft.id)


async def test_nobody_reviews_their_own_case(database: None) -> None:
    mother = await a_citizen()
    case = await handed_in(mother)
    herself = Actor(mother.person_id, mother.name, grants=frozenset({Grant(Role.OFFICER, "DISDUKCAPIL")}))
    with pytest.raises(Forbidden):
        async with unit_of_work() as session:
            await service.take_up(session, herself, case)


async def test_while_the_office_has_it_the_citizen_changes_nothing(database: None) -> None:
    mother = await a_citizen()
    case = await handed_in(mother)
    with pytest.raises(NotYours):
        async with unit_of_work() as session:
            await service.fill(session, mother, case, {"nama_anak": "Lain"})


async def test_a_step_is_done_once_and_in_its_turn(database: None) -> None:
    officer, case = an_officer(), await handed_in(await a_citizen())
    await step(officer, case, "verifikasi")
    for wrong in ("verifikasi", "tanda-tangan", "rekaan"):
        with pytest.raises(StepNotNext):
            async with unit_of_work() as session:
                await service.complete_step(session, officer, case, wrong)


async def test_the_office_clock_stops_while_the_citizen_mends(database: None) -> None:
    officer, mother = an_officer(), await a_citizen()
    case = await handed_in(mother)
    async with unit_of_work() as session:
        await service.take_up(session, officer, case)
        await service.ask_correction(session, officer, case, [{"target": "kk", "message": "Halaman dua"}])
        promise = await promises.of(session, case)
        assert promise is not None
        before = promise.due_on
        assert promise.paused_at is not None
    with clock.frozen(clock.now() + timedelta(days=14)):
        async with unit_of_work() as session:
            await service.submit(session, mother, case)
            promise = await promises.of(session, case)
            assert promise is not None
            assert promise.paused_at is None
            assert promise.due_on > before


async def test_opening_the_file_and_its_documents_leaves_a_trail(database: None) -> None:
    officer, case = an_officer(), await handed_in(await a_citizen())
    await step(officer, case, "verifikasi")
    async with unit_of_work() as session:
        deeds = await session.scalars(text("SELECT action FROM audit_entries WHERE subject_kind = 'application' ORDER BY id"))
        assert list(deeds) == ["personal.read", "application.taken_up", "personal.read", "application.step_done"]


async def test_handing_in_asks_no_more_than_it_must(database: None) -> None:
    """Each statement is a round trip. The inbox and the live channels take one more each, on the driver's own connection."""
    mother, asked = await a_citizen(), list[str]()
    draft = await a_draft(mother)

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement.split(maxsplit=1)[0])

    event.listen(doors().engine.sync_engine, "before_cursor_execute", note)
    try:
        async with unit_of_work() as session:
            application, promise = await service.submit(session, mother, draft.id)
    finally:
        event.remove(doors().engine.sync_engine, "before_cursor_execute", note)
    assert asked == ["SELECT", "SELECT", "SELECT", "UPDATE", "INSERT"]  # the person is held, then the application
    assert (application.state, promise.subject_id, promise.working_days) == (State.SUBMITTED, draft.id, 3)
