"""Saved addresses: one default, twenty at most, nobody else's."""

import asyncio
import re

import httpx
import pytest
from sqlalchemy import text

from common.account import queries, service
from common.account.errors import NoSuchAddress, TooManyAddresses
from common.account.schemas import Address
from common.actor import Actor
from common.db import unit_of_work
from tests.common.identity import make

pytestmark = pytest.mark.usefixtures("database")
KELURAHAN = "73.71.01.1001"


def an_address(label: str = "Rumah") -> Address:
    return Address(label=label, recipient="Daeng Baji", phone="0812 3456 7890", street="Lorong 3 nomor 5", kelurahan_code=KELURAHAN)


async def somebody() -> Actor:
    async with unit_of_work() as session:
        return make.actor_of(await make.person(session))


async def keep(actor: Actor, label: str) -> None:
    async with unit_of_work() as session:
        await service.keep_address(session, actor, an_address(label))


async def labels(actor: Actor) -> list[tuple[str, bool]]:
    async with unit_of_work() as session:
        return [(one.label, one.is_default) for one in await queries.addresses_of(session, actor.person_id)]


async def test_the_first_is_the_default_and_the_oldest_follows_when_it_goes() -> None:
    actor = await somebody()
    for label in ("Rumah", "Kantor", "Mama"):
        await keep(actor, label)
    async with unit_of_work() as session:
        rumah, _kantor, mama = await queries.addresses_of(session, actor.person_id)
        assert (rumah.phone, rumah.line()) == ("+6281234567890", "Daeng Baji (+6281234567890), Lorong 3 nomor 5")
        await service.make_default(session, actor, mama.id)
    assert await labels(actor) == [("Mama", True), ("Rumah", False), ("Kantor", False)]
    async with unit_of_work() as session:
        await service.delete_address(session, actor, mama.id)
    assert await labels(actor) == [("Rumah", True), ("Kantor", False)]


async def test_thirty_at_once_are_twenty_with_one_default() -> None:
    actor = await somebody()
    answers = await asyncio.gather(*(keep(actor, f"Ke-{n}") for n in range(30)), return_exceptions=True)
    assert sum(isinstance(one, TooManyAddresses) for one in answers) == 10
    found = await labels(actor)
    assert (len(found), sum(is_default for _label, is_default in found)) == (20, 1)


async def test_two_new_defaults_at_once_leave_one() -> None:
    actor = await somebody()
    for label in ("Rumah", "Kantor", "Mama"):
        await keep(actor, label)
    async with unit_of_work() as session:
        ids = [one.id for one in await queries.addresses_of(session, actor.person_id)]

    async def choose(index: int) -> None:
        async with unit_of_work() as session:
            await service.make_default(session, actor, ids[index])

    await asyncio.gather(*(choose(n % 3) for n in range(9)))
    assert sum(is_default for _label, is_default in await labels(actor)) == 1


async def test_another_persons_address_does_not_exist() -> None:
    owner, stranger = await somebody(), await somebody()
    await keep(owner, "Rumah")
    async with unit_of_work() as session:
        (mine,) = await queries.addresses_of(session, owner.person_id)
        for verb in (service.delete_address, service.make_default):
            with pytest.raises(NoSuchAddress):
                await verb(session, stranger, mine.id)
    assert await labels(owner) == [("Rumah", True)]


async def test_in_a_browser_an_address_is_added_mended_and_deleted(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session, "Daeng Baji"))
    csrf = {"_csrf": make.form_token(client)}
    assert "Belum ada alamat tersimpan" in (await client.get("/akun/alamat")).text
    filled = {"label": "Rumah", "recipient": "Daeng Baji", "phone": "bukan nomor", "street": "Lorong 3", "kelurahan_code": KELURAHAN}
    refused = await client.post("/akun/alamat/baru", data=csrf | filled)
    assert (refused.status_code, "Tulis nomor HP yang benar" in refused.text) == (422, True)
    assert (await client.post("/akun/alamat/baru", data=csrf | filled | {"phone": ""})).status_code == 303
    page = (await client.get("/akun/alamat")).text
    assert "Rumah" in page
    one = re.search(r"/akun/alamat/([0-9a-f-]{36})", page)
    assert one
    await client.post(f"/akun/alamat/{one[1]}", data=csrf | filled | {"phone": "", "label": "Rumah Mama"})
    assert "Rumah Mama" in (await client.get("/akun/alamat")).text
    await client.post(f"/akun/alamat/{one[1]}/hapus", data=csrf)
    async with unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM saved_addresses")) == 0


async def test_over_the_api_with_the_scopes_of_the_account(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        reads, writes = await make.bearer(session, person, "account:read"), await make.bearer(session, person, "account:write")
    sent = an_address().model_dump()
    assert (await client.post("/api/v1/people/me/addresses", json=sent, headers=reads)).status_code == 403
    made = (await client.post("/api/v1/people/me/addresses", json=sent, headers=writes)).json()
    assert (made["label"], made["is_default"]) == ("Rumah", True)
    (found,) = (await client.get("/api/v1/people/me/addresses", headers=reads)).json()
    assert found == made
    assert (await client.delete(f"/api/v1/people/me/addresses/{made['id']}", headers=writes)).status_code == 204
