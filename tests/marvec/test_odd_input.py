"""Odd things that reach the whole house from outside are malformed, not a failure of ours."""

import json

import httpx
import pytest

from common import money
from common.db import asyncpg_of, hot, unit_of_work
from common.faults import Unstorable
from tests.common.identity.make import enter, form_token, person

HUGE = 10**30
UUID = "0190a7f0-b264-7d49-9f11-052eeea6c4c2"


@pytest.fixture
async def baji(client: httpx.AsyncClient) -> httpx.AsyncClient:
    async with unit_of_work() as session:
        await enter(session, client, await person(session))
    return client


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/conversations/{UUID}/messages?before={HUGE}",
        f"/pesan/{UUID}/{HUGE}",
        f"/pesan/{UUID}?before={HUGE}",
        f"/berkas/{UUID}/{HUGE}",
        f"/api/v1/search?q=ikan&max_price={HUGE}",
        f"/pasar?q=ikan&max_price={HUGE}",
        f"/sitemap/{HUGE}.xml",
        "/sitemap/\u00b2.xml",
        "/pasar?q=ikan+%00+asap",
        "/api/v1/search?q=%00",
        "/toko/%00",
        f"/pasar?q={'9' * 6000}",
        "/pasar?near=1e999,nan",
        "/?bahasa=%00",
    ],
)
async def test_an_odd_address_is_no_failure(baji: httpx.AsyncClient, path: str) -> None:
    assert (await baji.get(path, headers={"accept": "text/html"})).status_code < 500


@pytest.mark.parametrize("body", [{"name": "a\0b"}, {"name": HUGE}, {"price": HUGE}, [[]], None, "kata", {"name": "\ud800"}])
async def test_an_odd_body_is_no_failure(baji: httpx.AsyncClient, body: object) -> None:
    headers = {"x-csrf-token": form_token(baji), "content-type": "application/json"}
    for path in ("/api/v1/storefronts", "/api/v1/listings", "/api/v1/cart/lines", "/api/v1/people/me/addresses", "/api/v1/requests"):
        answer = await baji.post(path, content=json.dumps(body), headers=headers)
        assert answer.status_code in (400, 404, 405, 422), (path, answer.text)


async def test_what_no_column_takes_is_malformed_wherever_it_comes_from(database: None) -> None:
    for statement, odd in (("SELECT $1::bigint", HUGE), ("SELECT $1::text", "kata\0kata")):
        with pytest.raises(Unstorable):
            async with hot() as connection:
                await connection.fetchval(statement, odd)
        with pytest.raises(Unstorable):
            async with unit_of_work() as session:
                await (await asyncpg_of(session)).fetchval(statement, odd)


def test_only_our_own_digits_are_a_number() -> None:
    assert [money.is_number(text) for text in ("0812", "", "\u00b2", "\u0661\u0662", "\uff11", "1_0", " 1", "-1")] == [True] + [False] * 7
