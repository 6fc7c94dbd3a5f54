"""A levy is what its rule makes of the form, or two officers say why not; nobody gets a permit for nothing without a law's name for it."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from civic.services import catalogue, queries, service, tariffs
from civic.services.errors import LevyMissing, LevyNotHere, LevyWaits, NoSuchLevy, NothingAsked, SecondOfficerNeeded
from civic.services.models import Application, Levy, State
from common import ids
from common.actor import Actor
from common.credentials import queries as credentials
from common.db import unit_of_work
from common.errors import Forbidden, Invalid
from common.identity import queries as identity
from common.payments.errors import AmountNotPayable
from common.states import NotFromHere
from tests.civic.services.make import BUILDING, a_citizen, a_draft, an_officer, handed_in, step
from tests.common.identity.make import bearer, enter
from tests.common.identity.make import officer as an_office_account
from tests.conftest import new_client
from tests.marvec.acting import submit

pytestmark = pytest.mark.usefixtures("database")
CHECKED = ("periksa", "tpa")


async def a_file(*, done: tuple[str, ...] = CHECKED, **changed: str) -> tuple[Actor, Actor, UUID]:
    """A building's file that waits for its levy: -> citizen, officer, its id."""
    citizen, officer = await a_citizen(), an_officer("DPMPTSP")
    draft = await a_draft(citizen, "pbg", **changed)
    async with unit_of_work() as session:
        await service.submit(session, citizen, draft.id)
    await step(officer, draft.id, *done)
    return citizen, officer, draft.id


async def put(officer: Actor, case: UUID, amount: int | None = None, **rest: str) -> Application:
    async with unit_of_work() as session:
        return await service.set_levy(session, officer, case, amount, **rest)


async def decide(officer: Actor, case: UUID, *, confirms: bool = True, reason: str = "") -> Application:
    async with unit_of_work() as session:
        waiting = await queries.waiting_levy(session, case)
    async with unit_of_work() as session:
        levy_id = waiting.id if waiting else ids.uuid7()
        return await service.decide_levy(session, officer, case, levy_id, confirms=confirms, reason=reason)


async def finish(officer: Actor, case: UUID) -> None:
    async with unit_of_work() as session:
        await service.complete_step(session, officer, case, "penetapan")


async def seen(case: UUID) -> Application:
    async with unit_of_work() as session:
        return await queries.for_update(session, case)


async def levies(case: UUID) -> list[tuple[int, bool, str]]:
    """All that were ever set: amount, whether it holds, why it ended."""
    async with unit_of_work() as session:
        rows = await session.scalars(text("SELECT id FROM application_levies WHERE application_id = :id ORDER BY id"), {"id": case})
        found = [await session.get_one(Levy, row) for row in rows]
        return [(one.amount, one.holds, one.ended_because) for one in found]


@pytest.mark.parametrize(
    ("answers", "amount", "exemption"),
    [
        ({"fungsi": "hunian", "luas_bangunan": "60"}, 270_000, None),  # 60 x 25.000 x 0,15 x (0,3 + 0,4 + 0,5)
        ({"fungsi": "hunian", "luas_bangunan": "120"}, 765_000, None),  # x 0,17 x (0,6 + 0,4 + 0,5)
        ({"fungsi": "hunian", "luas_bangunan": "60", "jumlah_lantai": "2"}, 393_975, None),  # x 0,17 x 1,545
        ({"fungsi": "hunian", "luas_bangunan": "60", "permanensi": "non-permanen"}, 225_000, None),
        ({"fungsi": "usaha", "luas_bangunan": "6000", "jumlah_lantai": "3"}, 163_800_000, None),
        ({"fungsi": "usaha", "luas_bangunan": "60", "mbr": "ya"}, 1_575_000, None),  # a shop is no first home
        ({"fungsi": "hunian", "luas_bangunan": "1", "permanensi": "non-permanen"}, 10_000, None),  # 3.750: the smallest that can be paid
        ({"fungsi": "keagamaan", "luas_bangunan": "400"}, 0, "rumah-ibadah"),
        ({"fungsi": "hunian", "luas_bangunan": "36", "mbr": "ya"}, 0, "mbr"),
    ],
)
def test_the_proposal_is_computed_from_the_form(answers: dict[str, str], amount: int, exemption: str | None) -> None:
    proposal = tariffs.propose(catalogue.find("pbg"), answers)
    assert proposal is not None
    assert (proposal.amount, proposal.exemption) == (amount, exemption)


def test_an_application_of_the_first_version_keeps_its_rate() -> None:
    proposal = tariffs.propose(catalogue.find("pbg", 1), BUILDING)
    assert proposal is not None and proposal.amount == 900_000


def test_a_service_without_a_levy_proposes_none() -> None:
    assert tariffs.propose(catalogue.find("akta-kelahiran"), {"anak_ke": "1"}) is None


async def test_what_the_rule_proposes_holds_at_once_with_its_computation() -> None:
    _citizen, officer, case = await a_file()
    with pytest.raises(LevyMissing):
        await finish(officer, case)
    assert (await put(officer, case)).fee == 270_000
    async with unit_of_work() as session:
        levy = await queries.levy_of(session, case)
    assert levy is not None
    assert tariffs.rows(levy.computation)[0] == ("Luas bangunan (meter persegi)", "60")
    assert tariffs.rows(levy.computation)[-1] == ("Hasil hitungan", "Rp270.000")
    await finish(officer, case)
    assert (await seen(case)).state == State.AWAITING_PAYMENT


async def test_zero_for_six_thousand_square_metres_is_refused_without_a_laws_name() -> None:
    _citizen, officer, case = await a_file(fungsi="usaha", luas_bangunan="6000")
    for given in ({}, {"reason": "Permintaan atasan"}):
        with pytest.raises(Invalid) as refused:
            await put(officer, case, 0, **given)
        assert set(refused.value.fields) == {"exemption"}
    with pytest.raises(Invalid) as refused:
        await put(officer, case, 0, exemption="teman", reason="Kawan lama")
    assert set(refused.value.fields) == {"exemption"}
    assert (await levies(case), (await seen(case)).fee) == ([], None)


@pytest.mark.parametrize("amount", [1, 9_999, 10_000_000_000])
async def test_what_the_provider_cannot_take_is_refused_when_it_is_set(amount: int) -> None:
    _citizen, officer, case = await a_file()
    with pytest.raises(AmountNotPayable) as refused:
        await put(officer, case, amount, reason="Kesepakatan")
    assert refused.value.fields == {"amount": "Penyedia pembayaran hanya menerima Rp10.000 sampai Rp9.999.999.999."}
    assert await levies(case) == []


async def test_another_sum_needs_a_reason_and_a_second_officer() -> None:
    citizen, officer, case = await a_file()
    with pytest.raises(Invalid) as refused:
        await put(officer, case, 500_000)
    assert set(refused.value.fields) == {"reason"}
    await put(officer, case, 500_000, reason="Ada basemen yang tidak diisi")
    assert (await seen(case)).fee is None
    with pytest.raises(LevyWaits):
        await finish(officer, case)
    with pytest.raises(SecondOfficerNeeded):
        await decide(officer, case)
    for outsider, error in ((an_officer(), Exception), (citizen, Exception)):
        with pytest.raises(error):
            await decide(outsider, case)
    assert (await decide(an_officer("DPMPTSP"), case)).fee == 500_000
    with pytest.raises(NoSuchLevy):
        await decide(an_officer("DPMPTSP"), case)
    await finish(officer, case)
    assert ((await seen(case)).state, (await seen(case)).fee) == (State.AWAITING_PAYMENT, 500_000)


async def test_the_second_officer_refuses_with_a_reason_and_what_held_holds_on() -> None:
    _citizen, officer, case = await a_file()
    await put(officer, case)
    await put(officer, case, 20_000, reason="Kasihan")
    with pytest.raises(NothingAsked):
        await decide(an_officer("DPMPTSP"), case, confirms=False)
    await decide(an_officer("DPMPTSP"), case, confirms=False, reason="Bukan alasan hukum")
    assert await levies(case) == [(270_000, True, ""), (20_000, False, "Bukan alasan hukum")]
    assert (await seen(case)).fee == 270_000


async def test_a_named_exemption_by_hand_needs_the_second_officer_and_then_nothing_is_due() -> None:
    _citizen, officer, case = await a_file()
    await put(officer, case, exemption="negara", reason="Milik kelurahan, sertifikat hak pakai")
    with pytest.raises(LevyWaits):
        await finish(officer, case)
    await decide(an_officer("DPMPTSP"), case)
    await finish(officer, case)
    application = await seen(case)
    assert (application.state, application.fee, application.exemption) == (State.ISSUED, 0, "negara")


async def test_an_exemption_that_the_form_shows_is_the_proposal_itself() -> None:
    _citizen, officer, case = await a_file(fungsi="keagamaan", luas_bangunan="400")
    assert (await put(officer, case)).exemption == "rumah-ibadah"
    await finish(officer, case)
    assert (await seen(case)).state == State.ISSUED


@pytest.mark.parametrize(
    "raw",
    [
        "UPDATE applications SET fee = 0",
        "UPDATE applications SET fee = 0, exemption = 'teman'",
        "UPDATE applications SET fee = 0, levied = false",
        "UPDATE applications SET fee = 1",
        "UPDATE applications SET fee = 500000",
        "UPDATE application_levies SET amount = 0, exemption = 'teman'",
        "UPDATE application_levies SET confirmed_by = set_by, confirmed_at = now()",
        "DELETE FROM application_levies",
    ],
)
async def test_the_database_has_the_last_word_on_a_levy(raw: str) -> None:
    _citizen, officer, case = await a_file()
    await put(officer, case)
    await put(officer, case, 500_000, reason="Ada basemen")
    before = await levies(case)
    with pytest.raises(DBAPIError):
        async with unit_of_work() as session:
            await session.execute(text(raw))
    assert (await levies(case), (await seen(case)).fee) == (before, 270_000)


async def test_nothing_is_issued_on_a_sum_that_nobody_settled() -> None:
    _citizen, officer, case = await a_file()
    await put(officer, case)
    await finish(officer, case)
    for raw in ("UPDATE applications SET state = 'issued'", "UPDATE applications SET state = 'issued', fee_settled_at = now()"):
        with pytest.raises(IntegrityError, match="product_never_before_its_fee"):
            async with unit_of_work() as session:
                await session.execute(text(raw))
    async with unit_of_work() as session:
        assert await credentials.of_application(session, case) is None


async def test_of_two_second_officers_at_once_one_confirms_and_of_two_sums_at_once_one_holds() -> None:
    _citizen, officer, case = await a_file()
    await put(officer, case, 500_000, reason="Ada basemen")
    found: list[Any] = await asyncio.gather(*(decide(an_officer("DPMPTSP"), case) for _ in range(6)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Application"] + ["NoSuchLevy"] * 5
    await asyncio.gather(*(put(an_officer("DPMPTSP"), case) for _ in range(6)))
    standing = [amount for amount, holds, _ended in await levies(case) if holds]
    assert (standing, (await seen(case)).fee) == ([270_000], 270_000)


async def test_a_corrected_area_takes_its_levy_along() -> None:
    citizen, officer, case = await a_file(done=("periksa",))
    await put(officer, case)
    async with unit_of_work() as session:
        await service.ask_correction(session, officer, case, [{"target": "luas_bangunan", "message": "Gambarnya 90 m2"}])
    async with unit_of_work() as session:
        await service.fill(session, citizen, case, {"luas_bangunan": "90"})
        await service.submit(session, citizen, case)
    assert ((await seen(case)).fee, await levies(case)) == (None, [(270_000, False, "its base changed")])
    await step(officer, case, *CHECKED)
    with pytest.raises(LevyMissing):
        await finish(officer, case)
    assert (await put(officer, case)).fee == 405_000


async def test_a_correction_of_something_else_leaves_the_levy() -> None:
    citizen, officer, case = await a_file(done=("periksa",))
    await put(officer, case)
    async with unit_of_work() as session:
        await service.ask_correction(session, officer, case, [{"target": "lokasi", "message": "Nomor rumah?"}])
    async with unit_of_work() as session:
        await service.fill(session, citizen, case, {"lokasi": "Jl. Contoh 1A"})
        await service.submit(session, citizen, case)
    assert (await seen(case)).fee == 270_000


async def test_a_levy_is_set_where_there_is_one_and_while_the_file_is_looked_at() -> None:
    birth = await handed_in(await a_citizen())
    await step(an_officer(), birth)
    with pytest.raises(LevyNotHere):
        await put(an_officer(), birth, 50_000)
    waiting = await handed_in(await a_citizen(), "pbg")
    with pytest.raises(NotFromHere):
        await put(an_officer("DPMPTSP"), waiting)
    citizen, _officer, case = await a_file()
    herself = Actor(citizen.person_id, citizen.name, grants=an_officer("DPMPTSP").grants)
    with pytest.raises(Forbidden):
        await put(herself, case)


async def office_client(app: Litestar) -> httpx.AsyncClient:
    client = new_client(app)
    async with unit_of_work() as session:
        await enter(session, client, await an_office_account(session, "DPMPTSP"))
    return client


async def test_officer_and_citizen_see_the_computation_and_the_pages_hold_the_four_eyes(app: Litestar) -> None:
    citizen, officer, case = await a_file()
    first, second = await office_client(app), await office_client(app)
    page = (await first.get(f"/meja/{case}")).text
    assert ("Rp270.000" in page, "Indeks fungsi" in page, "0,15" in page) == (True, True, True)
    where = f"/meja/{case}"
    nothing = await submit(first, where, f"{where}/retribusi", {"amount": "0"})
    assert (nothing.status_code, "Nol rupiah hanya untuk yang dibebaskan" in nothing.text) == (422, True)
    set_it = await submit(first, where, f"{where}/retribusi", {"amount": "500.000", "levy_reason": "Ada basemen"})
    assert (set_it.status_code, set_it.headers["location"].split("?")[0]) == (303, where)
    mine, others = (await first.get(where)).text, (await second.get(where)).text
    assert ("retribusi-setuju" in mine, "retribusi-setuju" in others) == (False, True)
    async with unit_of_work() as session:
        waiting = await queries.waiting_levy(session, case)
    assert waiting is not None
    sneaky = await submit(first, where, f"{where}/retribusi-setuju", {"levy": str(waiting.id)})
    assert sneaky.status_code == 403
    assert (await submit(second, where, f"{where}/retribusi-setuju", {"levy": str(waiting.id)})).status_code == 303
    await finish(officer, case)
    own = new_client(app)
    async with unit_of_work() as session:
        await enter(session, own, await identity.by_id(session, citizen.person_id))
    shown = (await own.get(f"/permohonan/{case}")).text
    assert ("Rp500.000" in shown, "Ada basemen" in shown, "Indeks fungsi" in shown) == (True, True, True)


async def test_the_same_in_json(client: httpx.AsyncClient) -> None:
    citizen, officer, case = await a_file()
    async with unit_of_work() as session:
        one, other = [await bearer(session, await an_office_account(session, "DPMPTSP"), "desk") for _ in range(2)]
        own = await bearer(session, await identity.by_id(session, citizen.person_id), "applications")
    at = f"/api/v1/desk/applications/{case}/levy"
    found = (await client.get(at, headers=one)).json()
    assert (found["proposed"], found["fee"], found["computation"][-1]) == (270_000, None, {"label": "Hasil hitungan", "value": "Rp270.000"})
    for body, field in (({"amount": 0}, "exemption"), ({"amount": 1, "reason": "Sedikit"}, "amount"), ({"amount": 500_000}, "reason")):
        refused = await client.put(at, json=body, headers=one)
        assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (422, [field])
    waiting = (await client.put(at, json={"amount": 500_000, "reason": "Ada basemen"}, headers=one)).json()["waiting"]
    word = {"levy_id": waiting["id"], "confirms": True}
    assert (await client.post(f"{at}/decision", json=word, headers=one)).status_code == 403
    assert (await client.post(f"{at}/decision", json=word, headers=other)).json()["fee"] == 500_000
    seen_by_citizen = (await client.get(f"/api/v1/applications/{case}/levy", headers=own)).json()
    assert (seen_by_citizen["holding"]["amount"], seen_by_citizen["holding"]["reason"]) == (500_000, "Ada basemen")
    assert (await client.get(at, headers=own)).status_code == 403
    assert officer.person_id != citizen.person_id
