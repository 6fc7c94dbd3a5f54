"""A deployment is rolled back, and the files of a service are older than some applications: everything is still shown, nothing is done."""

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from civic.services import catalogue, service
from civic.services.errors import VersionGone
from common.account.service import exporting
from common.actor import Actor
from common.db import unit_of_work
from common.identity import queries as identity
from common.personal import EXPORTS
from tests.civic.services.make import a_citizen, a_draft, an_officer, handed_in, step
from tests.common.identity.make import bearer, enter
from tests.common.identity.make import officer as an_office_account
from tests.conftest import new_client

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rolled_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The second version of the building approval is gone, and of the birth certificate every version."""
    kept = {key: one for key, one in catalogue._all().items() if key != ("pbg", 2) and key[0] != "akta-kelahiran"}
    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "_all", lambda: kept)
        yield


async def two_files() -> tuple[Actor, UUID, UUID]:
    citizen = await a_citizen()
    birth, building = await handed_in(citizen), await handed_in(citizen, "pbg")
    await step(an_officer("DPMPTSP"), building, "periksa")
    return citizen, birth, building


@pytest.fixture
async def files() -> tuple[Actor, UUID, UUID]:
    return await two_files()


async def test_every_list_and_every_file_is_still_shown(app: Litestar, files: tuple[Actor, UUID, UUID], rolled_back: None) -> None:
    citizen, birth, building = files
    own, desk = new_client(app), new_client(app)
    async with unit_of_work() as session:
        person = await identity.by_id(session, citizen.person_id)
        await enter(session, own, person)
        headers = await bearer(session, person, "applications")
        officer = await an_office_account(session, "DPMPTSP")
        await enter(session, desk, officer)
        at_desk = await bearer(session, officer, "desk")
    api = new_client(app)
    found = (await api.get("/api/v1/applications", headers=headers)).json()["items"]
    assert [one["id"] for one in found] == [str(building), str(birth)]
    assert (found[0]["answers"]["nama_pemilik"], found[1]["answers"]) == ("Baso Enal", {})
    assert (await api.get("/api/v1/desk/applications?state=in_review", headers=at_desk)).json()["items"][0]["id"] == str(building)
    for client, path in (
        (own, "/permohonan"), (own, f"/permohonan/{birth}"), (own, f"/permohonan/{building}"), (own, "/"), (own, "/layanan"),
        (desk, "/meja?tampil=waiting"), (desk, f"/meja/{building}"),
    ):  # fmt: skip
        assert (path, (await client.get(path)).status_code) == (path, 200)


async def test_ones_data_are_exported_whole(files: tuple[Actor, UUID, UUID], rolled_back: None) -> None:
    citizen, _birth, _building = files
    async with unit_of_work() as session:
        found = await EXPORTS["permohonan"](session, citizen.person_id)
    assert [one["answers"]["nik" if one["service"] == "pbg" else "nik_ibu"] for one in found] == ["7371014107900003"] * 2
    assert exporting is not None


async def test_nothing_is_decided_by_rules_that_are_not_here(files: tuple[Actor, UUID, UUID], rolled_back: None) -> None:
    _citizen, _birth, building = files
    with pytest.raises(VersionGone):
        async with unit_of_work() as session:
            await service.complete_step(session, an_officer("DPMPTSP"), building, "tpa")


async def test_a_draft_waits_unharmed(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    citizen = await a_citizen()
    draft = await a_draft(citizen, "pbg")
    kept = {key: one for key, one in catalogue._all().items() if key != ("pbg", 2)}
    async with unit_of_work() as session:
        headers = await bearer(session, await identity.by_id(session, citizen.person_id), "applications")
    monkeypatch.setattr(catalogue, "_all", lambda: kept)
    refused = await client.patch(f"/api/v1/applications/{draft.id}", json={"answers": {"lokasi": "Jl. Lain"}}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "version_gone")
