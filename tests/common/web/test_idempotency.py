"""Sent twice, done once: with real transactions that run into each other."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from litestar import Litestar, Request, post
from litestar.datastructures import UploadFile
from litestar.di import Provide
from litestar.enums import RequestEncodingType
from litestar.params import Body
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.db import request_session, unit_of_work
from common.errors import Conflict
from common.ids import uuid7
from common.web import idempotency, pages
from tests.common.web.make import small_app


class Order(BaseModel):
    item: str
    hold: float = 0


class Placed(BaseModel):
    number: str


EFFECT = text(
    "INSERT INTO outbox (id, job, args, run_at, created_at, attempts, last_error) VALUES (:id, 'tests', '{}', now(), now(), 0, '')"
)


@post("/api/v1/orders", guards=[pages.public])
async def place(session: AsyncSession, data: Order) -> Placed:
    number = uuid7()
    await session.execute(EFFECT, {"id": number})
    if data.hold:
        await asyncio.sleep(data.hold)
    if data.item == "habis":
        raise Conflict
    return Placed(number=str(number))


@post("/api/v1/payments", guards=[pages.public])
async def pay(request: Request[Any, Any, Any]) -> Placed:
    number = uuid7()
    async with unit_of_work() as session:
        await idempotency.claim_now(request, session)
        await session.execute(EFFECT, {"id": number})
    return Placed(number=str(number))


@post("/api/v1/pictures", guards=[pages.public])
async def add_picture(session: AsyncSession, data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)]) -> Placed:
    await session.execute(EFFECT, {"id": uuid7()})
    return Placed(number=hashlib.sha256(await data.read()).hexdigest())


@pytest.fixture
async def shop(database: None, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app: Litestar = small_app(tmp_path, [place, pay, add_picture], dependencies={"session": Provide(request_session)})
    transport: Any = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # Litestar's narrower ASGI types
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


async def effects() -> int:
    async with unit_of_work() as session:
        return int(await session.scalar(text("SELECT count(*) FROM outbox")) or 0)


async def send(
    shop: httpx.AsyncClient, key: str = "kunci-0001", item: str = "kapal", browser: str = "siti", **more: object
) -> httpx.Response:
    headers = {"Idempotency-Key": key, "Cookie": f"marvec_csrf={browser}"}
    return await shop.post("/api/v1/orders", json={"item": item, **more}, headers=headers)


async def test_the_same_request_again_gets_the_same_answer_and_no_second_effect(shop: httpx.AsyncClient) -> None:
    first, second = await send(shop), await send(shop)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["content-type"] == first.headers["content-type"]
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert await effects() == 1


async def test_the_kept_answer_is_sealed_at_rest(shop: httpx.AsyncClient) -> None:
    placed = await shop.post("/api/v1/orders", json={"item": "songkolo"}, headers={"Idempotency-Key": "sealed-at-rest"})
    async with unit_of_work() as session:
        kept = (await session.execute(text("SELECT body FROM idempotency_keys"))).scalar_one()
    assert placed.json()["number"].encode() not in kept


async def test_another_body_or_another_caller_is_another_matter(shop: httpx.AsyncClient) -> None:
    await send(shop)
    other_body = await send(shop, item="perahu")
    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_other_body")
    assert (await send(shop, browser="baso")).status_code == 201
    assert await effects() == 2


async def test_twenty_at_once_have_one_effect(shop: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(send(shop, hold=0.2) for _ in range(20)))
    count = Counter(answer.status_code for answer in answers)
    assert set(count) <= {201, 409}
    assert len({answer.json()["number"] for answer in answers if answer.status_code == 201}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"idempotency_under_way"}
    assert await effects() == 1
    assert (await send(shop, hold=0.2)).headers["idempotent-replayed"] == "true"


async def test_a_request_that_failed_may_be_sent_again(shop: httpx.AsyncClient) -> None:
    assert (await send(shop, item="habis")).status_code == 409
    assert await effects() == 0
    assert (await send(shop, item="kapal")).status_code == 201


async def test_an_effect_whose_answer_is_lost_is_not_done_again(shop: httpx.AsyncClient) -> None:
    await send(shop)
    async with unit_of_work() as session:
        await session.execute(text("UPDATE idempotency_keys SET status = NULL, body = NULL"))
    again = await send(shop)
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_already_done")
    assert await effects() == 1


@pytest.mark.parametrize("key", ["pendek", "ada spasi di dalam", "x" * 201])
async def test_a_key_must_be_sane(shop: httpx.AsyncClient, key: str) -> None:
    answer = await send(shop, key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_bad_key")


async def test_without_a_key_twice_is_twice(shop: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await shop.post("/api/v1/orders", json={"item": "kapal"})).status_code == 201
    assert await effects() == 2


async def test_an_upload_sent_again_is_kept_once(shop: httpx.AsyncClient) -> None:
    """Its form is parsed before the key is claimed; the body is hashed all the same."""
    headers = {"Idempotency-Key": "kunci-0001", "Content-Type": "multipart/form-data; boundary=batas", "Cookie": "marvec_csrf=siti"}

    async def upload(data: bytes) -> httpx.Response:
        return await shop.post("/api/v1/pictures", files={"data": ("kapal.jpg", data, "image/jpeg")}, headers=headers)

    first, second, other = await upload(b"kapal" * 9), await upload(b"kapal" * 9), await upload(b"perahu")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json() == {"number": hashlib.sha256(b"kapal" * 9).hexdigest()}
    assert second.headers[idempotency.REPLAYED] == "true"
    assert other.status_code == 422
    assert await effects() == 1


async def test_keys_are_forgotten_after_a_day(shop: httpx.AsyncClient) -> None:
    await send(shop)
    with clock.frozen(clock.now() + idempotency.KEPT * 2):
        await idempotency.forget_old()
    assert "idempotent-replayed" not in (await send(shop)).headers
    assert await effects() == 2


async def test_a_handler_with_its_own_transactions_is_done_once_too(shop: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "bayar-0001"}
    assert (await shop.post("/api/v1/payments", headers=headers)).status_code == 201
    again = await shop.post("/api/v1/payments", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_already_done")
    assert await effects() == 1


async def test_two_strangers_with_one_key_do_not_get_each_other_s_answers(shop: httpx.AsyncClient) -> None:
    """A key that two programs made up alike, and a dead token that both of them send."""
    for headers in ({}, {"Authorization": "Bearer null"}):
        key = {"Idempotency-Key": f"kunci-sama-{len(headers)}"}
        mine = await shop.post("/api/v1/orders", json={"item": "kapal saya"}, headers=key | headers)
        theirs = await shop.post("/api/v1/orders", json={"item": "kapal orang lain"}, headers=key | headers)
        assert (mine.status_code, theirs.status_code) == (201, 201)
        assert mine.json()["number"] != theirs.json()["number"]
        assert "idempotent-replayed" not in theirs.headers


async def test_two_browsers_with_one_key_and_one_wish_are_two(shop: httpx.AsyncClient) -> None:
    numbers = []
    for seed in ("satu", "dua"):
        headers = {"Idempotency-Key": "kunci-sama-juga", "Cookie": f"marvec_csrf={seed}"}
        numbers.append((await shop.post("/api/v1/orders", json={"item": "kapal"}, headers=headers)).json()["number"])
    assert numbers[0] != numbers[1]
