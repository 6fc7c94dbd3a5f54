"""The authenticator: turning it on, signing in with it, no code twice."""

import asyncio
from uuid import UUID

import httpx
import pyotp
import pytest

from common import clock
from common.actor import Actor
from common.db import hot, unit_of_work
from common.identity import queries
from common.identity.errors import Throttled, WrongSecondFactor
from common.identity.service import second_factor
from tests.common.identity import make


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30 * steps)


async def with_authenticator() -> tuple[Actor, str, list[str]]:
    """Somebody whose authenticator is in force; the code of the step before was used for that."""
    async with unit_of_work() as session:
        actor = make.actor_of(await make.person(session))
        secret, _ = await second_factor.begin(session, actor)
    with clock.frozen(clock.now()):  # no step of thirty seconds ends between the look at the telephone and the button
        async with unit_of_work() as session:
            codes, _ = await second_factor.turn_on(session, actor, code_of(secret, -1))
    return actor, secret, codes


async def test_digits_of_another_script_are_a_wrong_code(database: None) -> None:
    actor, _, _ = await with_authenticator()
    for code in ("\u00b2" * 6, "\u0661" * 6, "\uff11" * 6):
        assert not await try_code(actor.person_id, code)


async def try_code(person_id: UUID, code: str) -> bool:
    try:
        async with unit_of_work() as session:
            await second_factor.check(session, person_id, code)
    except (WrongSecondFactor, Throttled):
        return False
    return True


async def test_a_code_counts_once(database: None) -> None:
    actor, secret, _ = await with_authenticator()
    code = code_of(secret)
    assert await try_code(actor.person_id, code)
    assert not await try_code(actor.person_id, code)


async def test_the_code_that_turned_it_on_does_not_count_again(database: None) -> None:
    actor, secret, _ = await with_authenticator()
    assert not await try_code(actor.person_id, code_of(secret, -1))


async def test_a_code_used_twice_at_once_counts_once(database: None) -> None:
    actor, secret, _ = await with_authenticator()
    code = code_of(secret)
    assert sorted(await asyncio.gather(*(try_code(actor.person_id, code) for _ in range(4)))) == [False, False, False, True]


async def test_a_recovery_code_counts_once(database: None) -> None:
    actor, _, codes = await with_authenticator()
    assert len(set(codes)) == 10
    assert await try_code(actor.person_id, codes[0].lower())
    assert not await try_code(actor.person_id, codes[0])
    assert await try_code(actor.person_id, codes[1])


async def test_guessing_codes_is_locked(database: None) -> None:
    actor, secret, _ = await with_authenticator()
    right = code_of(secret)
    for number in range(5):
        assert not await try_code(actor.person_id, f"{(int(right) + 7 + number) % 1_000_000:06d}")
    with pytest.raises(Throttled):
        async with unit_of_work() as session:
            await second_factor.check(session, actor.person_id, right)


async def test_the_secret_lies_sealed(database: None) -> None:
    _, secret, codes = await with_authenticator()
    async with hot() as connection:
        sealed = await connection.fetchval("SELECT sealed FROM totp")
        hashes = [row["code_hash"] for row in await connection.fetch("SELECT code_hash FROM recovery_code")]
    assert secret.encode() not in sealed
    assert not {code.encode() for code in codes} & set(hashes)


async def test_a_program_needs_the_code_and_a_browser_is_asked_for_it(client: httpx.AsyncClient) -> None:
    actor, secret, _ = await with_authenticator()
    async with unit_of_work() as session:
        person = await queries.by_id(session, actor.person_id)
    body = {"address": person.phone, "password": make.PASSWORD}
    asked = await client.post("/api/v1/sessions", json=body)
    assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_needed")
    await client.get("/masuk")
    half = await client.post("/masuk", data=body | {"_csrf": make.seed_token(client), "lanjut": "/akun/perangkat"})
    assert (half.status_code, half.headers["location"]) == (303, "/masuk/kode?lanjut=%2Fakun%2Fperangkat")
    assert (await client.get("/api/v1/people/me")).status_code == 401
    half_way = client.cookies["marvec_session"]
    form = {"code": code_of(secret), "_csrf": make.form_token(client), "lanjut": "/akun/perangkat"}
    whole = await client.post("/masuk/kode", data=form)
    assert (whole.status_code, whole.headers["location"]) == (303, "/akun/perangkat")
    assert client.cookies["marvec_session"] != half_way
    assert (await client.get("/api/v1/people/me")).json()["second_factor"] is True
