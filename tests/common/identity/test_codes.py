"""Codes: how often they may be tried, when they end, and how a password is reset by one."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from common import clock
from common.db import hot, unit_of_work
from common.identity import service
from common.identity.errors import Throttled, WrongCode
from common.identity.models import Purpose
from common.identity.service.codes import redeem
from tests.common.identity import make
from tests.common.identity.test_signing_in import PHONE, a_sign_up


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_after_five_wrong_codes_the_right_one_is_refused_too(client: httpx.AsyncClient) -> None:
    code = (await client.post("/api/v1/people", json=a_sign_up())).json()["confirmation"]["code"]
    entered = await client.post("/api/v1/sessions", json={"address": PHONE, "password": make.PASSWORD})
    headers = {"X-CSRF-Token": entered.json()["form_token"]}
    for _ in range(5):
        wrong = await client.post("/api/v1/confirmations", json={"code": other_than(code)}, headers=headers)
        assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_code")
    assert (await client.post("/api/v1/confirmations", json={"code": code}, headers=headers)).status_code == 422
    assert (await client.get("/api/v1/people/me", headers=headers)).json()["assurance"] == 0


async def test_a_hundred_tries_at_once_are_five(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, confirmed=False)
        address, code = await service.ask_confirmation(session, person)

    async def guess(number: int) -> bool:
        try:
            await redeem(address, Purpose.CONFIRM, f"{(int(code) + 1 + number) % 1_000_000:06d}", person_id=person.id)
        except WrongCode:
            return False
        return True

    assert not any(await asyncio.gather(*(guess(number) for number in range(100))))
    async with hot() as connection:
        assert await connection.fetchval("SELECT tries FROM confirmation_code") == 5


async def test_a_right_code_given_twice_at_once_counts_once(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, confirmed=False)
        address, code = await service.ask_confirmation(session, person)
    outcomes = await asyncio.gather(
        *(redeem(address, Purpose.CONFIRM, code, person_id=person.id) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["UUID", "WrongCode", "WrongCode", "WrongCode"]


async def test_a_code_ends_after_ten_minutes_and_a_newer_one_replaces_it(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, confirmed=False)
        address, old = await service.ask_confirmation(session, person)
    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)), pytest.raises(WrongCode):
        await redeem(address, Purpose.CONFIRM, old, person_id=person.id)
    async with unit_of_work() as session:
        _, new = await service.ask_confirmation(session, person)
    if new != old:
        with pytest.raises(WrongCode):
            await redeem(address, Purpose.CONFIRM, old, person_id=person.id)
    assert await redeem(address, Purpose.CONFIRM, new, person_id=person.id) == person.id


async def test_a_code_is_good_for_its_purpose_only(database: None) -> None:
    async with unit_of_work() as session:
        address, code = await service.ask_confirmation(session, await make.person(session, confirmed=False))
    with pytest.raises(WrongCode):
        await redeem(address, Purpose.RESET, code)


async def test_asking_for_codes_is_throttled(database: None) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, confirmed=False)
    for _ in range(3):
        async with unit_of_work() as session:
            await service.ask_confirmation(session, person)
    with pytest.raises(Throttled) as refused:
        async with unit_of_work() as session:
            await service.ask_confirmation(session, person)
    assert 58 <= int(str(refused.value.params["seconds"])) <= 60


async def test_no_code_lies_readable_in_the_database(database: None) -> None:
    async with unit_of_work() as session:
        _, code = await service.ask_confirmation(session, await make.person(session, confirmed=False))
    async with hot() as connection:
        for table in ("confirmation_code", "channel_message", "outbox"):
            rows = await connection.fetch(f"SELECT {table}::text AS whole FROM {table}")
            assert rows
            assert not [row for row in rows if f'"{code}"' in row["whole"] or f",{code}," in row["whole"]]


async def test_a_forgotten_password_is_replaced_by_a_code_and_all_sessions_end(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        person = await make.person(session, address="sitti@contoh.id")
        await make.enter(session, client, person)
    code = (await httpx_post(client, "/api/v1/codes", {"purpose": "reset", "address": "sitti@contoh.id"}))["code"]
    body = {"address": "sitti@contoh.id", "code": code, "password": "pisang epe malam ini"}
    assert (await client.post("/api/v1/passwords", json=body, headers=csrf_of(client))).status_code == 204
    assert (await client.get("/api/v1/people/me")).status_code == 401
    client.cookies.clear()
    old = await client.post("/api/v1/sessions", json={"address": "sitti@contoh.id", "password": make.PASSWORD})
    new = await client.post("/api/v1/sessions", json={"address": "sitti@contoh.id", "password": "pisang epe malam ini"})
    assert (old.status_code, new.status_code) == (401, 201)


async def httpx_post(client: httpx.AsyncClient, url: str, body: dict[str, str]) -> dict[str, str]:
    answer = await client.post(url, json=body, headers=csrf_of(client))
    found: dict[str, str] = answer.json()
    return found


def csrf_of(client: httpx.AsyncClient) -> dict[str, str]:
    return {"X-CSRF-Token": make.form_token(client)}
