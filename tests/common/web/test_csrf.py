"""Nobody else's page can act in a person's name."""

import httpx
import pytest
from litestar import Litestar

from tests.common.web.make import browser, csrf_of

FORM = {"title": "Songkolo", "price": "20000"}


async def test_a_form_with_its_token_is_taken(visitor: httpx.AsyncClient) -> None:
    token = await csrf_of(visitor)
    answer = await visitor.post("/lapak", data={**FORM, "_csrf": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/lapak/baru")


async def test_a_form_without_a_token_is_refused_as_a_page(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/lapak", data=FORM)
    assert answer.status_code == 403
    assert "Halaman ini sudah kedaluwarsa" in answer.text


@pytest.mark.parametrize("spoil", [lambda t: t[:-4] + "AAA=", lambda t: "", lambda t: "ü", lambda t: t[: len(t) // 2]])
async def test_a_forged_token_is_refused(visitor: httpx.AsyncClient, spoil: object) -> None:
    token = await csrf_of(visitor)
    answer = await visitor.post("/lapak", data={**FORM, "_csrf": spoil(token)})  # type: ignore[operator]  # the cases above
    assert answer.status_code == 403


async def test_a_token_of_another_session_is_refused(little: Litestar, visitor: httpx.AsyncClient) -> None:
    async with browser(little) as other:
        stolen = await csrf_of(other)
    await csrf_of(visitor)
    assert (await visitor.post("/lapak", data={**FORM, "_csrf": stolen})).status_code == 403


async def test_signing_in_makes_the_old_token_worthless(visitor: httpx.AsyncClient) -> None:
    token = await csrf_of(visitor)
    visitor.cookies.set("marvec_session", "a-new-session")
    assert (await visitor.post("/lapak", data={**FORM, "_csrf": token})).status_code == 403
    assert (await visitor.post("/lapak", data={**FORM, "_csrf": await csrf_of(visitor)})).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://jahat.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}],
)
async def test_a_good_token_from_a_foreign_page_is_refused(visitor: httpx.AsyncClient, headers: dict[str, str]) -> None:
    token = await csrf_of(visitor)
    assert (await visitor.post("/lapak", data={**FORM, "_csrf": token}, headers=headers)).status_code == 403


async def test_our_own_page_may_say_where_it_comes_from(visitor: httpx.AsyncClient) -> None:
    token = await csrf_of(visitor)
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert (await visitor.post("/lapak", data={**FORM, "_csrf": token}, headers=headers)).status_code == 303


async def test_the_token_is_masked_anew_in_every_answer(visitor: httpx.AsyncClient) -> None:
    assert await csrf_of(visitor) != await csrf_of(visitor)


async def test_the_api_asks_it_of_cookies_and_not_of_bearers(visitor: httpx.AsyncClient) -> None:
    body = {"name": "kapal", "count": 1}
    assert (await visitor.post("/api/v1/things", json=body)).status_code == 201
    visitor.cookies.set("marvec_session", "s")
    refused = await visitor.post("/api/v1/things", json=body, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    token = await csrf_of(visitor)
    assert (await visitor.post("/api/v1/things", json=body, headers={"X-CSRF-Token": token})).status_code == 201
    assert (await visitor.post("/api/v1/things", json=body, headers={"Authorization": "Bearer x"})).status_code == 201


async def test_a_webhook_needs_no_token(visitor: httpx.AsyncClient) -> None:
    visitor.cookies.set("marvec_session", "s")
    assert (await visitor.post("/hooks/pay", content=b"{}")).status_code == 200


async def test_a_bearer_on_a_page_is_no_way_around(visitor: httpx.AsyncClient) -> None:
    visitor.cookies.set("marvec_session", "s")
    assert (await visitor.post("/lapak", data=FORM, headers={"Authorization": "Bearer x"})).status_code == 403
