"""Is it you? What a token, or a session that somebody left open, can change of an account's keys: nothing. And the way back."""

import re
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from common import clock
from common.db import hot, unit_of_work
from common.identity import queries, service
from common.identity.errors import NoWayBack
from common.identity.models import Person
from common.identity.policy import Address
from common.identity.service import second_factor
from tests.common.identity import make
from tests.common.identity.test_second_factor import code_of
from tests.conftest import new_client

OLD, NEW, THIRD = "sitti@contoh.id", "baru@contoh.id", "ketiga@contoh.id"
LATER = timedelta(minutes=11)


async def test_a_token_however_wide_changes_none_of_the_account_s_keys(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address=OLD)
        thief = await make.bearer(session, person, "*")
    for method, path, body in (
        ("PATCH", "/api/v1/people/me", {"address": NEW}),
        ("POST", "/api/v1/tokens", {"name": "lagi", "scopes": ["*"]}),
        ("POST", "/api/v1/totp", {}),
        ("POST", "/api/v1/proofs", {"password": make.PASSWORD}),
        ("POST", "/api/v1/confirmations", {"code": "123456"}),
        ("DELETE", "/api/v1/sessions/00000000-0000-7000-8000-000000000000", None),
        ("DELETE", "/api/v1/tokens/00000000-0000-7000-8000-000000000000", None),
    ):
        refused = await client.request(method, path, json=body, headers=thief)
        assert (refused.status_code, refused.json()["code"]) == (403, "session_needed"), path
    assert (await client.post("/api/v1/codes", json={"purpose": "confirm"}, headers=thief)).status_code == 401
    async with unit_of_work() as session:
        assert (await queries.by_id(session, person.id)).email == OLD
        assert await queries.waiting_address(session, person) is None


async def test_after_ten_minutes_a_session_proves_itself_by_the_password_and_goes_on(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    mine = {"X-CSRF-Token": make.form_token(client)}
    asked = {"name": "kasir", "scopes": ["orders:read"]}
    with clock.frozen(clock.now() + LATER):
        refused = await client.post("/api/v1/tokens", json=asked, headers=mine)
        assert (refused.status_code, refused.json()["code"]) == (403, "prove_it_is_you")
        wrong = await client.post("/api/v1/proofs", json={"password": "salah sekali"}, headers=mine)
        assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
        assert (await client.post("/api/v1/tokens", json=asked, headers=mine)).status_code == 403
        assert (await client.post("/api/v1/proofs", json={"password": make.PASSWORD}, headers=mine)).status_code == 204
        assert (await client.post("/api/v1/tokens", json=asked, headers=mine)).status_code == 201
    with clock.frozen(clock.now() + 2 * LATER):
        assert (await client.post("/api/v1/tokens", json=asked, headers=mine)).status_code == 403, "and ten minutes later once more"


async def test_the_page_asks_and_leads_back_to_where_one_was(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    token = make.form_token(client)
    with clock.frozen(clock.now() + LATER):
        for page in ("/akun/kontak", "/akun/token"):
            asked = await client.get(page)
            assert (asked.status_code, asked.headers["location"]) == (303, f"/akun/pastikan?lanjut={page.replace('/', '%2F')}")
        asked = await client.post(
            "/akun/keamanan/autentikator", data={"_csrf": token}, headers={"Referer": "http://testserver/akun/keamanan"}
        )
        assert asked.headers["location"] == "/akun/pastikan?lanjut=%2Fakun%2Fkeamanan"
        shown = await client.get("/akun/pastikan?lanjut=/akun/kontak")
        assert 'name="lanjut" value="/akun/kontak"' in shown.text
        form = {"password": make.PASSWORD, "lanjut": "/akun/kontak", "_csrf": token}
        refused = await client.post("/akun/pastikan", data=form | {"password": "salah sekali"})
        assert refused.status_code == 403 and "belum cocok" in refused.text
        done = await client.post("/akun/pastikan", data=form)
        assert (done.status_code, done.headers["location"]) == (303, "/akun/kontak")
        assert (await client.get("/akun/kontak")).status_code == 200


async def test_a_code_of_the_second_factor_is_a_proof_too(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        secret, _ = await second_factor.begin(session, make.actor_of(person))
    async with unit_of_work() as session:
        await second_factor.turn_on(session, make.actor_of(person), code_of(secret, -1))
        await make.enter(session, client, person)
    mine = {"X-CSRF-Token": make.form_token(client)}
    with clock.frozen(clock.now() + LATER):
        assert (await client.post("/api/v1/proofs", json={"code": code_of(secret)}, headers=mine)).status_code == 204
        assert (await client.post("/api/v1/tokens", json={"name": "kasir"}, headers=mine)).status_code == 201


async def test_a_new_address_counts_once_confirmed_and_the_old_one_until_then(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session, address=OLD))
    code = await _ask(client, NEW)
    me = (await client.get("/api/v1/people/me")).json()
    assert (me["email"], me["assurance"], me["waiting"]) == (OLD, 1, "b•••@contoh.id")
    async with unit_of_work() as session:
        assert await queries.by_address(session, Address("email", NEW)) is None
    confirmed = await client.post("/api/v1/confirmations", json={"code": code}, headers={"X-CSRF-Token": make.form_token(client)})
    assert (confirmed.json()["email"], confirmed.json()["waiting"]) == (NEW, None)


async def test_the_old_address_hears_of_it_and_takes_all_of_it_back(client: httpx.AsyncClient, app: Litestar) -> None:
    """A thief at an open session: another address, another after that, a second factor, a new password. The owner reads one letter."""
    async with unit_of_work() as session:
        person = await make.person(session, address=OLD)
        await make.enter(session, client, person)
    for address in (NEW, THIRD):
        code = await _ask(client, address)
        mine = {"X-CSRF-Token": make.form_token(client)}
        assert (await client.post("/api/v1/confirmations", json={"code": code}, headers=mine)).status_code == 201
    secret = (await client.post("/api/v1/totp", headers=mine)).json()["secret"]
    assert (await client.post("/api/v1/totp/confirmations", json={"code": code_of(secret)}, headers=mine)).status_code == 201
    link = await _link_sent_to(client, OLD)
    async with new_client(app) as owner:
        shown = await owner.get(link)
        assert shown.status_code == 200 and "Bukan Anda?" in shown.text and shown.headers["referrer-policy"] == "same-origin"
        assert (await client.get("/api/v1/people/me")).status_code == 200, "to look at the page changes nothing"
        done = await owner.post(link, data={"_csrf": make.seed_token(owner)})
        assert (done.status_code, done.headers["location"]) == (303, "/lupa-sandi")
        assert (await client.get("/api/v1/people/me")).status_code == 401
        assert (await owner.get(link)).status_code == 410
        code = (await owner.post("/api/v1/codes", json={"purpose": "reset", "address": OLD})).json()["code"]
        reset = {"address": OLD, "code": code, "password": "pisang epe malam ini"}
        assert (await owner.post("/api/v1/passwords", json=reset)).status_code == 204
        entered = await owner.post("/api/v1/sessions", json={"address": OLD, "password": "pisang epe malam ini"})
        assert (entered.status_code, entered.json()["person_id"]) == (201, str(person.id)), "without the thief's second factor"
        assert (await owner.post(await _link_sent_to(owner, NEW), data={"_csrf": make.form_token(owner)})).status_code == 410


async def test_a_second_factor_that_was_turned_off_comes_back(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address=OLD)
        secret, _ = await second_factor.begin(session, make.actor_of(person))
    async with unit_of_work() as session:
        codes, _ = await second_factor.turn_on(session, make.actor_of(person), code_of(secret, -1))
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        async with unit_of_work() as session:
            await second_factor.turn_off(session, make.actor_of(person), codes[0])
            assert not await queries.has_second_factor(session, person.id)
    taken = await client.post("/api/v1/ways-back", json={"token": (await _link_sent_to(client, OLD)).rpartition("/")[2]})
    assert taken.status_code == 204
    async with unit_of_work() as session:
        await second_factor.check(session, person.id, code_of(secret))


async def test_the_way_back_ends_after_seven_days_and_nobody_goes_it_twice(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address=OLD)
    await _change_address(person)
    token = (await _link_sent_to(client, OLD)).rpartition("/")[2]
    with clock.frozen(clock.now() + timedelta(days=7, seconds=1)), pytest.raises(NoWayBack):
        async with unit_of_work() as session:
            await service.take_way_back(session, token)
    async with unit_of_work() as session:
        await service.take_way_back(session, token)
    with pytest.raises(NoWayBack):
        async with unit_of_work() as session:
            await service.take_way_back(session, token)
    async with hot() as connection:
        assert await connection.fetchval("SELECT email::text FROM person") == OLD
        assert await connection.fetchval("SELECT count(*) FROM way_back") == 0


async def test_changing_the_keys_by_the_pages(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session, address=OLD))
    asked = await client.post("/akun/kontak", data={"address": NEW, "_csrf": make.form_token(client)})
    assert (asked.status_code, asked.headers["location"]) == (303, "/konfirmasi?lanjut=/akun/kontak")
    assert "b•••@contoh.id menunggu kodenya" in (await client.get("/akun/kontak")).text
    dropped = await client.post("/akun/kontak/batal", data={"_csrf": make.form_token(client)})
    assert dropped.status_code == 303
    assert "menunggu kodenya" not in (await client.get("/akun/kontak")).text


async def test_a_session_is_over_after_ninety_days_however_much_it_is_used(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    begun = clock.now()
    for day in range(0, 90, 20):
        with clock.frozen(begun + timedelta(days=day)):
            assert (await client.get("/api/v1/people/me")).status_code == 200
    with clock.frozen(begun + timedelta(days=91)):
        assert (await client.get("/api/v1/people/me")).status_code == 401


async def _ask(client: httpx.AsyncClient, address: str) -> str:
    mine = {"X-CSRF-Token": make.form_token(client)}
    changed = await client.patch("/api/v1/people/me", json={"address": address}, headers=mine)
    assert changed.status_code == 200, changed.text
    code: str = (await client.post("/api/v1/codes", json={"purpose": "confirm"}, headers=mine)).json()["code"]
    return code


async def _change_address(person: Person) -> None:
    async with unit_of_work() as session:
        asking = await service.ask_address(session, make.actor_of(person), Address("email", NEW))
        _, code = await service.ask_confirmation(session, asking)
    async with unit_of_work() as session:
        await service.confirm(session, make.actor_of(person), code)


async def _link_sent_to(client: httpx.AsyncClient, address: str) -> str:
    """The last letter's."""
    page = (await client.get("/dev/pesan")).text
    found = re.search(rf"{re.escape(address)}.*?(/akun/kembalikan/[\w-]+)", page, re.S)
    assert found
    return found[1]
