"""What nobody reads is refused by the API and forgiven by pages; HEAD answers wherever GET does; strangers see the form to sign in."""

import httpx
import pytest
from litestar import Litestar

from tests.marvec import make
from tests.marvec.acting import client_as
from tests.marvec.search.make import market

pytestmark = pytest.mark.usefixtures("database")


def fields(answer: httpx.Response) -> list[str]:
    return [one["field"] for one in answer.json()["errors"]]


async def test_the_api_refuses_a_parameter_that_it_does_not_know_by_name(client: httpx.AsyncClient) -> None:
    await market()
    answer = await client.get("/api/v1/search", params={"q": "songkolo", "max_prise": "5", "utm_source": "wa"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert fields(answer) == ["max_prise", "utm_source"]
    known = {"q": "songkolo", "max": "50000", "near": "-5.1,119.4", "limit": "5", "facets": "true", "sort": "nearest", "bahasa": "en"}
    assert (await client.get("/api/v1/search", params=known)).status_code == 200
    assert (await client.get("/api/v1/offices", params={"q": "dukcapil", "limit": "2"})).status_code == 200
    assert fields(await client.get("/api/v1/offices", params={"kota": "x"})) == ["kota"]


async def test_the_api_refuses_an_unknown_field_of_the_body_and_writes_nothing(app: Litestar) -> None:
    async with client_as(app, await make.member("Pembeli")) as client:
        form = (await client.get("/permintaan/baru")).text
        token = form.split('name="_csrf" value="')[1].split('"')[0]
        body = {"what": "songkolo", "kelurahan_code": make.KELURAHAN, "jumlah": 5}
        refused = await client.post("/api/v1/requests", json=body, headers={"x-csrf-token": token})
        assert (refused.status_code, fields(refused)) == (422, ["jumlah"])
        assert (await client.get("/api/v1/requests")).json()["items"] == []
        del body["jumlah"]
        assert (await client.post("/api/v1/requests", json=body, headers={"x-csrf-token": token})).status_code == 201


async def test_pages_forgive_what_links_from_outside_carry(client: httpx.AsyncClient) -> None:
    await market()
    page = await client.get("/pasar", params={"q": "songkolo", "utm_source": "wa", "fbclid": "x"})
    assert (page.status_code, "Songkolo bagadang" in page.text) == (200, True)


@pytest.mark.parametrize("path", ["/", "/pasar?q=songkolo", "/masuk", "/healthz", "/api/v1/search?q=songkolo", "/robots.txt", "/layanan"])
async def test_head_answers_as_get_does_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    got, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


async def test_head_is_refused_where_there_is_no_get_and_finds_nothing_where_nothing_is(client: httpx.AsyncClient) -> None:
    assert (await client.head("/keluar")).status_code == (await client.get("/keluar")).status_code
    assert (await client.head("/api/v1/sessions")).status_code == (await client.get("/api/v1/sessions")).status_code
    assert (await client.head("/hilang")).status_code == 404


async def test_a_stranger_on_a_page_sees_the_form_to_sign_in_and_a_program_a_problem(client: httpx.AsyncClient) -> None:
    page = await client.get("/permintaan?utm_source=wa", headers={"Accept": "text/html"})
    assert page.status_code == 401
    assert 'action="/masuk"' in page.text
    assert 'name="lanjut" value="/permintaan?utm_source=wa"' in page.text
    assert '<p class="soft mono">401</p>' not in page.text
    told = await client.get("/api/v1/requests")
    assert (told.status_code, told.json()["code"]) == (401, "unauthenticated")
