"""Who guesses shuts himself out: the owner's own browser still comes in, and a campus behind one address does, too."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from common import clock
from common.db import unit_of_work
from common.identity import service
from common.identity.cookies import DEVICE_COOKIE
from common.identity.errors import Throttled, WrongCredentials
from common.identity.policy import Address, address_of, weak_password
from common.identity.service import devices
from tests.common.identity import make
from tests.conftest import new_client

ADDRESS = "sitti@contoh.id"
RIGHT, WRONG = {"address": ADDRESS, "password": make.PASSWORD}, {"address": ADDRESS, "password": "salah sekali"}


async def test_a_stranger_s_guesses_lock_the_stranger_and_not_the_owner_s_browser(client: httpx.AsyncClient, app: Litestar) -> None:
    async with unit_of_work() as session:
        await make.person(session, address=ADDRESS)
    known = (await client.post("/api/v1/sessions", json=RIGHT)).cookies[DEVICE_COOKIE]
    async with new_client(app) as stranger:
        told = [(await stranger.post("/api/v1/sessions", json=WRONG)).status_code for _ in range(8)]
        assert told == [401] * 5 + [429] * 3
        assert (await stranger.post("/api/v1/sessions", json=RIGHT)).status_code == 429
    client.cookies.clear()
    client.cookies.set(DEVICE_COOKIE, known)
    assert (await client.post("/api/v1/sessions", json=RIGHT)).status_code == 201, "from the same network, in the same minute"


async def test_a_stolen_device_cookie_guesses_no_better(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await make.person(session, address=ADDRESS)
    known = (await client.post("/api/v1/sessions", json=RIGHT)).cookies[DEVICE_COOKIE]
    client.cookies.clear()
    client.cookies.set(DEVICE_COOKIE, known)
    told = [(await client.post("/api/v1/sessions", json=WRONG)).status_code for _ in range(7)]
    assert told == [401] * 5 + [429] * 2


async def test_a_guesser_in_another_place_does_not_lock_the_owner_on_a_new_device(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address=ADDRESS)
    for _ in range(8):
        assert await _try(WRONG["password"], "203.0.113.7") in (WrongCredentials, Throttled)
    assert await _try(make.PASSWORD, "203.0.113.7") is Throttled
    assert await _try(make.PASSWORD, "198.51.100.9") is None
    assert devices.known(devices.remembered("", person.id), [person.id])


async def test_guesses_from_a_hundred_places_are_counted_together(database: None) -> None:
    async with unit_of_work() as session:
        await make.person(session, address=ADDRESS)
    outcomes = [await _try("tebakan", f"203.0.113.{number}") for number in range(60)]
    assert (outcomes[:50], set(outcomes[50:])) == ([WrongCredentials] * 50, {Throttled})


async def test_three_hundred_people_behind_one_address_sign_in_and_some_of_them_mistype(database: None) -> None:
    begun = clock.now()
    async with unit_of_work() as session:
        await make.person(session, address=ADDRESS)
    for number in range(300):
        with clock.frozen(begun + timedelta(seconds=2 * number)):
            client = service.Client("203.0.113.7", device=f"browser-{number}")
            with pytest.raises(WrongCredentials):
                async with unit_of_work() as session:
                    await service.sign_in(session, Address("email", f"orang{number}@contoh.id"), "salah ketik", client)
    with clock.frozen(begun + timedelta(seconds=600)):
        assert await _try(make.PASSWORD, "203.0.113.7") is None


def test_a_device_is_known_to_whom_it_signed_in_and_to_nobody_else() -> None:
    mother, child, stranger = uuid4(), uuid4(), uuid4()
    cookie = devices.remembered(devices.remembered("", mother), child)
    assert devices.known(cookie, [mother]) == devices.known(cookie, [child]) != ""
    assert devices.known(cookie, [stranger]) == ""
    number, mark, *_ = cookie.split(".")
    assert devices.known(f"{number[:-1]}0.{mark}" if number[-1] != "0" else f"{number[:-1]}1.{mark}", [child]) == ""
    assert [devices.known(nonsense, [mother]) for nonsense in ("", ".", "a.b", "é.b", f"{number}." + "x" * 400)] == [""] * 5


async def test_guessing_at_an_open_session_s_password_does_not_lock_the_owner_elsewhere(client: httpx.AsyncClient, app: Litestar) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address=ADDRESS)
        await make.enter(session, client, person)
    async with new_client(app) as owner:
        async with unit_of_work() as session:
            await make.enter(session, owner, person)
        thief, mine = {"X-CSRF-Token": make.form_token(client)}, {"X-CSRF-Token": make.form_token(owner)}
        told = [(await client.post("/api/v1/proofs", json={"password": "tebakan"}, headers=thief)).status_code for _ in range(6)]
        assert told == [403] * 5 + [429]
        assert (await owner.post("/api/v1/proofs", json={"password": make.PASSWORD}, headers=mine)).status_code == 204


@pytest.mark.parametrize("password", ["iloveyou123", "liverpool1", "princess1", "bismillah1", "makassar1", "qwertyuiop", "Password123"])
def test_passwords_that_many_people_have_are_refused(password: str) -> None:
    assert weak_password(password)


def test_a_phrase_of_one_s_own_is_not() -> None:
    assert not weak_password(make.PASSWORD)


@pytest.mark.parametrize(
    "typed",
    ["a..b@contoh.id", ".a@contoh.id", "a@-contoh.id", "a@contoh..id", "a@[127.0.0.1]", '"a b"@contoh.id', "a@contoh", "a\x00@b.id"],
)
def test_what_no_mail_server_takes_is_no_address(typed: str) -> None:
    assert address_of(typed) is None


async def _try(password: str, network: str) -> type[Exception] | None:
    try:
        async with unit_of_work() as session:
            await service.sign_in(session, Address("email", ADDRESS), password, service.Client(network))
    except (WrongCredentials, Throttled) as error:
        return type(error)
    return None
