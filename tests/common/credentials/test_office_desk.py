"""The office's desk of what it has issued: nobody decides upon their own, each move has a reason, and the holder is told by every door."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common import clock
from common.account import queries as account
from common.actor import Actor, Role
from common.credentials import service
from common.credentials.errors import CredentialMoved, OwnCredential
from common.credentials.models import Credential, CredentialState
from common.db import unit_of_work
from common.errors import ReasonMissing
from common.identity import queries as identity
from tests.common.identity.make import actor_of, enter, form_token, officer, person
from tests.conftest import new_client
from tests.marvec.make import shop

pytestmark = pytest.mark.usefixtures("database", "house")
OFFICE = "DINKES"
VERBS = ((service.suspend, "suspended"), (service.resume, "active"), (service.revoke, "revoked"))


async def a_clerk() -> Actor:
    async with unit_of_work() as session:
        return actor_of(await officer(session, OFFICE, "dr. Nurul"), (Role.OFFICER, OFFICE))


async def a_holder() -> Actor:
    async with unit_of_work() as session:
        return actor_of(await person(session, "Daeng Baji"))


async def issued_to(holder_id: UUID, clerk: Actor, **more: Any) -> Credential:
    async with unit_of_work() as session:
        return await service.issue(
            session, clerk, kind="spp-irt", title="SPP-IRT", holder_id=holder_id, subject={"usaha": "Kue"}, office=OFFICE, **more
        )


async def told(holder: Actor) -> list[tuple[str, str, str]]:
    async with unit_of_work() as session:
        asked = text("SELECT kind, params ->> 'reason' AS reason, link FROM notification WHERE person_id = :id ORDER BY seq")
        return [(row.kind, row.reason, row.link) for row in await session.execute(asked, {"id": holder.person_id})]


async def client_of(app: Litestar, actor: Actor) -> httpx.AsyncClient:
    client = new_client(app)
    async with unit_of_work() as session:
        await enter(session, client, await identity.by_id(session, actor.person_id))
    return client


async def state_of(credential: Credential) -> CredentialState:
    async with unit_of_work() as session:
        return (await session.get_one(Credential, credential.id)).state


async def press(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await client.post(path, data={"_csrf": form_token(client), **fields})


async def test_an_officer_cannot_resume_the_suspension_of_their_own_credential_nor_of_their_shops() -> None:
    clerk, other = await a_clerk(), await a_clerk()
    for holder in (clerk.person_id, (await shop(clerk)).id):
        own = await issued_to(holder, other)
        async with unit_of_work() as session:
            await service.suspend(session, other, own.id, "Pemeriksaan")
        for verb in (service.resume, service.revoke):
            with pytest.raises(OwnCredential):
                async with unit_of_work() as session:
                    await verb(session, clerk, own.id, "Sudah beres")
        with pytest.raises(DBAPIError, match="of their own"):
            async with unit_of_work() as session:
                values = {"id": own.id, "by": clerk.person_id}
                await session.execute(text("UPDATE credentials SET state = 'active', moved_by = :by WHERE id = :id"), values)
        assert await state_of(own) == CredentialState.SUSPENDED


async def test_nobody_issues_a_credential_to_themselves() -> None:
    clerk = await a_clerk()
    with pytest.raises(DBAPIError, match="of their own"):
        async with unit_of_work() as session:
            session.add(
                Credential(
                    code="MKS-X", kind="x", holder_id=clerk.person_id, office=OFFICE, title="X", subject={}, moved_by=clerk.person_id
                )
            )


async def test_the_holder_is_told_of_each_move_whichever_door_it_came_by(app: Litestar) -> None:
    clerk, holder = await a_clerk(), await a_holder()
    credential = await issued_to(holder.person_id, clerk)
    client = await client_of(app, clerk)
    address, link = f"/meja/dokumen/{credential.id}", f"/cek/{credential.code}#keberatan"
    async with unit_of_work() as session:
        await service.suspend(session, clerk, credential.id, "Pemeriksaan dapur")  # the verb itself
    client.headers["X-CSRF-Token"] = form_token(client)
    await client.post(f"/api/v1/credentials/{credential.id}/resumption", json={"reason": "Dapur sudah bersih"})  # the API
    mark = re.findall(r'name="mark" value="([^"]+)"', (await client.get(address)).text)[0]
    await press(client, f"{address}/cabut", reason="Usaha sudah tutup", mark=mark, confirmed="ya")  # the page
    assert await told(holder) == [
        ("credential.suspended", "Pemeriksaan dapur", link),
        ("credential.active", "Dapur sudah bersih", link),
        ("credential.revoked", "Usaha sudah tutup", link),
    ]
    shown = (await (await client_of(app, holder)).get(f"/cek/{credential.code}")).text
    assert ("Usaha sudah tutup" in shown, "keberatan tertulis" in shown) == (True, True)
    assert "Usaha sudah tutup" not in (await new_client(app).get(f"/cek/{credential.code}")).text


async def test_the_owner_of_a_business_is_told_and_of_an_expiry_once() -> None:
    clerk, owner = await a_clerk(), await a_holder()
    credential = await issued_to((await shop(owner)).id, clerk, valid_until=clock.today())
    counts = []
    for days in (0, 1, 2):
        with clock.frozen(clock.now() + timedelta(days=days)):
            async with unit_of_work() as session:
                counts.append(await service.tell_expired(session))
    assert counts == [0, 1, 0]
    assert [one for one in await told(owner) if one[0].startswith("credential.")] == [
        ("credential.expired", "", f"/cek/{credential.code}#keberatan")
    ]


async def test_the_page_finds_by_code_asks_for_a_reason_then_for_a_confirmation_and_is_bound_to_what_it_showed(app: Litestar) -> None:
    clerk, holder = await a_clerk(), await a_holder()
    credential = await issued_to(holder.person_id, clerk)
    client = await client_of(app, clerk)
    address = f"/meja/dokumen/{credential.id}"
    assert address in (await client.get("/meja/dokumen")).text
    found = await client.get("/meja/dokumen", params={"kode": credential.code.lower().replace("-", " ")})
    assert (found.status_code, found.headers["location"]) == (303, address)
    mark = re.findall(r'name="mark" value="([^"]+)"', (await client.get(address)).text)[0]

    without = await press(client, f"{address}/bekukan", mark=mark)
    assert (without.status_code, "Tulis alasannya" in without.text) == (422, True)
    asked = await press(client, f"{address}/bekukan", mark=mark, reason="Pemeriksaan")
    assert (asked.status_code, "Ya, lanjutkan" in asked.text) == (200, True)
    assert await state_of(credential) == CredentialState.ACTIVE
    async with unit_of_work() as session:
        await service.suspend(session, clerk, credential.id, "Lebih dulu")
    stale = await press(client, f"{address}/cabut", mark=mark, reason="Pemeriksaan", confirmed="ya")
    assert (stale.status_code, "sudah berubah sejak Anda membukanya" in stale.text) == (409, True)
    assert await state_of(credential) == CredentialState.SUSPENDED
    async with unit_of_work() as session:
        reads = (await account.reads_of(session, holder.person_id, None, 10)).items
    assert [(one.reader, one.what, one.label, one.purpose) for one in reads] == [
        ("dr. Nurul", "Dokumen resmi", credential.code, "mengurus keabsahan dokumen")
    ]


async def test_another_office_finds_nothing_and_a_holders_own_page_has_no_buttons(app: Litestar) -> None:
    clerk, other = await a_clerk(), await a_clerk()
    own = await issued_to(clerk.person_id, other)
    async with unit_of_work() as session:
        stranger = actor_of(await officer(session, "DISDUKCAPIL"))
    foreign = await client_of(app, stranger)
    assert (await foreign.get(f"/meja/dokumen/{own.id}")).status_code == 404
    shown = (await (await client_of(app, clerk)).get(f"/meja/dokumen/{own.id}")).text
    assert ("Petugas lain yang mengurusnya" in shown, 'name="reason"' in shown) == (True, False)


async def test_no_move_without_a_reason_and_none_upon_what_has_moved() -> None:
    clerk, holder = await a_clerk(), await a_holder()
    credential = await issued_to(holder.person_id, clerk)
    for verb, _state in VERBS:
        with pytest.raises(ReasonMissing):
            async with unit_of_work() as session:
                await verb(session, clerk, credential.id, "  ")
        with pytest.raises(CredentialMoved):
            async with unit_of_work() as session:
                await verb(session, clerk, credential.id, "Pemeriksaan", "2020-01-01T00:00:00+00:00")
    assert (await state_of(credential), await told(holder)) == (CredentialState.ACTIVE, [])
