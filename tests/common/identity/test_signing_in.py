"""Signing up and in, devices, signing out."""

import asyncio
from datetime import timedelta

import httpx
from litestar import Litestar

from common import clock
from common.db import hot, unit_of_work
from common.identity import service
from common.identity.errors import Throttled, WrongCredentials
from common.identity.policy import Address
from tests.common.identity import make
from tests.conftest import new_client

PHONE = "081234567890"


def a_sign_up(address: str = PHONE, name: str = "Daeng Baji") -> dict[str, object]:
    return {"name": name, "address": address, "password": make.PASSWORD, "consent": True}


async def test_somebody_signs_up_signs_in_confirms_and_is_known(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/people", json=a_sign_up())
    assert made.status_code == 201, made.text
    assert made.json()["confirmation"]["sent_to"] == "+62•••••7890"
    asked = {"phone": "+62 812-3456-7890", "password": make.PASSWORD, "token": True}
    early = await client.post("/api/v1/sessions", json=asked)
    assert (early.status_code, early.json()["code"]) == (403, "confirm_first")
    entered = await client.post("/api/v1/sessions", json=asked | {"confirmation": made.json()["confirmation"]["code"]})
    assert entered.status_code == 201, entered.text
    cookie = entered.headers["set-cookie"].lower()
    assert cookie.startswith("marvec_session=") and "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    headers = {"Authorization": f"Bearer {entered.json()['token']}"}
    me = (await client.get("/api/v1/people/me", headers=headers)).json()
    assert (me["name"], me["assurance"], me["phone"]) == ("Daeng Baji", 1, "+6281234567890")
    assert me["facts"]["phone_confirmed"] is True


async def test_an_address_has_one_account_however_it_is_written(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.person(session, address="Sitti@Contoh.id")
    again = await client.post("/api/v1/people", json=a_sign_up("sitti@contoh.ID"))
    assert (again.status_code, again.json()["code"]) == (409, "address_taken")
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM person") == 1


async def test_no_account_without_consent_or_with_an_obvious_password(client: httpx.AsyncClient) -> None:
    refused = await client.post("/api/v1/people", json=a_sign_up() | {"consent": False})
    assert refused.status_code == 422
    obvious = await client.post("/api/v1/people", json=a_sign_up() | {"password": "makassar1"})
    assert (obvious.status_code, obvious.json()["errors"][0]["field"]) == (422, "password")
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM person") == 0


async def test_consent_is_on_record_with_its_version(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/people", json=a_sign_up())
    async with hot() as connection:
        assert tuple(await connection.fetchrow("SELECT purpose, version, withdrawn_at FROM consent")) == ("account", "2026-01", None)


async def test_a_device_that_is_signed_out_from_afar_is_a_stranger_at_once(client: httpx.AsyncClient, app: Litestar) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        await make.enter(session, client, person)
    async with new_client(app) as other:
        async with unit_of_work() as session:
            await make.enter(session, other, person)
        assert (await other.get("/api/v1/people/me")).status_code == 200
        listed = (await client.get("/api/v1/sessions")).json()
        far = next(device for device in listed if not device["current"])
        gone = await client.delete(f"/api/v1/sessions/{far['id']}", headers={"X-CSRF-Token": make.form_token(client)})
        assert gone.status_code == 204
        assert (await other.get("/api/v1/people/me")).status_code == 401
    assert (await client.get("/api/v1/people/me")).status_code == 200


async def test_nobody_can_sign_out_somebody_elses_device(client: httpx.AsyncClient, app: Litestar) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    async with new_client(app) as other:
        async with unit_of_work() as session:
            await make.enter(session, other, await make.person(session, "Orang Lain"))
        theirs = (await other.get("/api/v1/sessions")).json()[0]["id"]
        tried = await client.delete(f"/api/v1/sessions/{theirs}", headers={"X-CSRF-Token": make.form_token(client)})
        assert tried.status_code == 404
        assert (await other.get("/api/v1/people/me")).status_code == 200


async def test_a_session_idle_for_thirty_days_is_over(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.enter(session, client, await make.person(session))
    with clock.frozen(clock.now() + timedelta(days=29)):
        assert (await client.get("/api/v1/people/me")).status_code == 200
    with clock.frozen(clock.now() + timedelta(days=58)):
        assert (await client.get("/api/v1/people/me")).status_code == 200
    with clock.frozen(clock.now() + timedelta(days=89)):
        assert (await client.get("/api/v1/people/me")).status_code == 401


async def test_a_changed_password_signs_out_all_other_devices_and_rotates_this_one(client: httpx.AsyncClient, app: Litestar) -> None:
    async with unit_of_work() as session:
        person = await make.person(session)
        await make.enter(session, client, person)
    old_cookie = client.cookies["marvec_session"]
    async with new_client(app) as other:
        async with unit_of_work() as session:
            await make.enter(session, other, person)
        form = {"current": make.PASSWORD, "password": "pisang epe malam ini", "_csrf": make.form_token(client)}
        changed = await client.post("/akun/keamanan/sandi", data=form)
        assert (changed.status_code, changed.headers["location"]) == (303, "/akun/keamanan")
        assert (await other.get("/api/v1/people/me")).status_code == 401
    assert (await client.get("/api/v1/people/me")).status_code == 200
    client.cookies.clear()
    client.cookies.set("marvec_session", old_cookie)
    assert (await client.get("/api/v1/people/me")).status_code == 401


async def test_unknown_and_known_accounts_hear_the_same(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/people", json=a_sign_up())
    known = await client.post("/api/v1/sessions", json={"address": PHONE, "password": "salah sekali"})
    unknown = await client.post("/api/v1/sessions", json={"address": "081299999999", "password": "salah sekali"})
    told = [{key: found for key, found in answer.json().items() if key != "request_id"} for answer in (known, unknown)]
    assert told[0] == told[1]
    assert (known.status_code, unknown.status_code) == (401, 401)


async def test_a_reset_is_asked_for_alike_whether_or_not_there_is_an_account(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.person(session, address="sitti@contoh.id")
    known = await client.post("/api/v1/codes", json={"purpose": "reset", "address": "sitti@contoh.id"})
    unknown = await client.post("/api/v1/codes", json={"purpose": "reset", "address": "sanro@contoh.id"})
    assert known.status_code == unknown.status_code == 201
    assert known.json().keys() == unknown.json().keys()
    async with hot() as connection:
        rows = await connection.fetch("SELECT channel FROM channel_message WHERE template = 'identity.reset' ORDER BY id")
    assert [row["channel"] for row in rows] == ["email", "nowhere"]


async def test_fifty_guesses_at_once_are_counted_one_by_one_and_locked(database: None) -> None:
    async with unit_of_work() as session:
        address = make.address_of(await make.person(session))

    async def guess(number: int) -> type[Exception] | None:
        try:
            async with unit_of_work() as session:
                await service.sign_in(session, address, f"tebakan {number}", service.Client())
        except (WrongCredentials, Throttled) as error:
            return type(error)
        return None

    outcomes = await asyncio.gather(*(guess(number) for number in range(50)))
    assert (outcomes.count(WrongCredentials), outcomes.count(Throttled)) == (5, 45)


async def test_a_locked_account_tells_when_to_come_back_and_opens_then(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/people", json=a_sign_up())
    right, wrong = {"address": PHONE, "password": make.PASSWORD}, {"address": PHONE, "password": "salah sekali"}
    now = clock.now()
    with clock.frozen(now):
        for _ in range(5):
            assert (await client.post("/api/v1/sessions", json=wrong)).status_code == 401
        locked = await client.post("/api/v1/sessions", json=right)
        assert (locked.status_code, locked.json()["code"], locked.headers["retry-after"]) == (429, "throttled", "30")
    with clock.frozen(now + timedelta(seconds=31)):
        assert (await client.post("/api/v1/sessions", json=wrong)).status_code == 401
        longer = await client.post("/api/v1/sessions", json=right)
        assert longer.headers["retry-after"] == "60"
    with clock.frozen(now + timedelta(seconds=95)):
        assert (await client.post("/api/v1/sessions", json=right)).status_code == 201


async def test_two_who_sign_in_at_once_behind_one_address_both_come_in(database: None) -> None:
    """The one whose moment was earlier may be counted later: on a telephone network thousands share one address."""
    async with unit_of_work() as session:
        addresses = [make.address_of(await make.person(session, name)) for name in ("Daeng Tata", "Daeng Ngai")]
    for address, moment in zip(addresses, (clock.now(), clock.now() - timedelta(milliseconds=40)), strict=True):
        with clock.frozen(moment):
            async with unit_of_work() as session:
                entered = await service.sign_in(session, address, make.PASSWORD, service.Client("10.0.0.9"))
            assert entered.token


async def test_an_unknown_account_is_locked_like_a_known_one(database: None) -> None:
    address, outcomes = Address("email", "tidak.ada@contoh.id"), []
    for _ in range(6):
        try:
            async with unit_of_work() as session:
                await service.sign_in(session, address, "tebakan", service.Client())
        except (WrongCredentials, Throttled) as error:
            outcomes.append(type(error))
    assert outcomes == [WrongCredentials] * 5 + [Throttled]


async def test_a_network_that_tries_many_accounts_is_slowed_down(database: None) -> None:
    async def guess(number: int) -> type[Exception]:
        try:
            async with unit_of_work() as session:
                await service.sign_in(session, Address("phone", f"+628120000{number:04d}"), "tebakan", service.Client("10.0.0.9"))
        except (WrongCredentials, Throttled) as error:
            return type(error)
        raise AssertionError

    outcomes = [await guess(number) for number in range(360)]
    assert (outcomes[:350], any(outcome is not Throttled for outcome in outcomes[351:])) == ([WrongCredentials] * 350, False)
