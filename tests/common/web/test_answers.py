"""What every answer carries, and what errors look like to a person and to a program."""

import re
from pathlib import Path

import httpx
import pytest
from litestar.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from common.actor import Actor
from common.ids import uuid7
from common.settings import Settings
from common.web.headers import content_security_policy, security_headers
from tests.common.web.make import browser, small_app

EVERY_KIND = [
    "/",
    "/tidak-ada",
    "/rusak",
    "/bentrok",
    "/api/v1/things/7",
    "/api/v1/tidak-ada",
    "/healthz",
    "/favicon.ico",
    "/static/tidak-ada.css",
]


@pytest.mark.parametrize("path", EVERY_KIND)
async def test_every_answer_carries_the_security_headers(visitor: httpx.AsyncClient, path: str) -> None:
    headers = (await visitor.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-request-id"])
    assert "cache-control" in headers
    assert len(headers.get_list("content-security-policy")) == 1


def test_the_policy_allows_nothing_unsafe() -> None:
    policy = content_security_policy(Settings(base_url="https://marvec.example", stripe_api_base="http://127.0.0.1:12111/v1"))
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "script-src 'self';" in policy
    assert "connect-src 'self' wss://marvec.example;" in policy
    assert "form-action 'self' http://127.0.0.1:12111;" in policy


def test_production_insists_on_https() -> None:
    production = Settings.model_construct(**{**Settings().model_dump(), "mode": "production"})
    assert b"strict-transport-security" in dict(security_headers(production))
    assert b"strict-transport-security" not in dict(security_headers(Settings()))


async def test_a_page_holds_nothing_inline_that_the_policy_would_block(visitor: httpx.AsyncClient) -> None:
    html = (await visitor.get("/")).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)


async def test_a_sane_request_id_is_kept_and_another_replaced(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/healthz", headers={"X-Request-ID": "balancer-0001"})).headers["x-request-id"] == "balancer-0001"
    assert (await visitor.get("/healthz", headers={"X-Request-ID": "a b\tc"})).headers["x-request-id"] != "a b\tc"


async def test_the_log_names_the_route_and_nobody(visitor: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await visitor.get("/api/v1/things/7?nik=7371010101900001&q=sakit")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/things/{count}", 422)
    assert "7371" not in str(line)
    assert "sakit" not in str(line)


async def test_a_bug_tells_nobody_anything_but_its_number(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/rusak")
    assert page.status_code == 500
    assert "rahasia" not in page.text
    assert page.headers["x-request-id"] in page.text
    problem = await visitor.get("/rusak", headers={"Accept": "application/json"})
    assert problem.json() == {
        "type": "urn:marvec:problem:internal",
        "title": "Maaf, ini salah kami. Sedang kami periksa dan data Anda tidak hilang.",
        "status": 500,
        "code": "internal",
        "instance": "/rusak",
        "request_id": problem.headers["x-request-id"],
    }


async def test_a_constraint_that_refused_is_a_conflict(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/bentrok")
    assert answer.status_code == 409
    assert "7371" not in answer.text


async def test_errors_are_pages_for_people_and_problems_for_programs(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/hilang")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem = await visitor.get("/api/v1/tidak-ada", headers={"Accept": "*/*"})
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
    assert (await visitor.get("/api/v1/tidak-ada")).headers["content-type"] == "text/html; charset=utf-8"


async def test_a_malformed_body_names_every_field_at_once_in_the_readers_language(visitor: httpx.AsyncClient) -> None:
    headers = {"Accept": "application/json", "Accept-Language": "en-GB"}
    answer = await visitor.post("/api/v1/things", json={"name": "ab"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["title"] == "Some entries need to be corrected."
    assert answer.json()["errors"] == [
        {"field": "name", "message": "Too short: at least 3 characters."},
        {"field": "count", "message": "Required."},
    ]


async def test_a_method_that_is_not_there_says_which_are(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.delete("/api/v1/things", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (405, "http_405")
    assert "POST" in answer.headers["allow"]


async def test_a_body_that_is_too_large_is_refused(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/api/v1/things", content=b"x" * (12 * 1024 * 1024), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_a_page_speaks_the_links_language_then_the_cookies_and_not_the_phones_factory_setting(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/hilang")).headers["content-language"] == "id"
    assert (await visitor.get("/hilang", headers={"Accept-Language": "en-US,en;q=0.9"})).headers["content-language"] == "id"
    asked = await visitor.get("/hilang?bahasa=en")
    assert (asked.headers["content-language"], "What you are looking for is not here." in asked.text) == ("en", True)
    assert asked.headers["set-cookie"] == "bahasa=en; Path=/; Max-Age=31536000; SameSite=Lax"
    assert (await visitor.get("/hilang")).headers["content-language"] == "en"
    assert (await visitor.get("/hilang?bahasa=xx")).headers["content-language"] == "en"
    assert 'href="/hilang?halaman=2&amp;bahasa=id"' in (await visitor.get("/hilang?halaman=2")).text


async def test_no_path_makes_a_link_to_another_site(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("http://testserver//jahat.example/%22x?q=1")
    assert answer.status_code == 404
    assert 'href="/jahat.example/%22x?q=1&amp;bahasa=en"' in answer.text


async def test_a_stranger_is_led_to_the_sign_in_and_back(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/rahasia?q=kapal+layar")
    assert answer.status_code == 401
    assert 'href="/masuk?lanjut=%2Frahasia%3Fq%3Dkapal%2Blayar"' in answer.text


async def test_a_signed_in_person_has_a_bell_and_their_own_language(tmp_path: Path) -> None:
    def known(app: ASGIApp) -> ASGIApp:
        async def with_actor(scope: Scope, receive: Receive, send: Send) -> None:
            scope["state"]["actor"] = Actor(person_id=uuid7(), name="Siti", locale="en")
            await app(scope, receive, send)

        return with_actor

    async with browser(small_app(tmp_path, middleware=[known])) as siti:
        page = await siti.get("/")
        assert (page.headers["content-language"], "data-live-inbox" in page.text) == ("en", True)
        assert (await siti.get("/?bahasa=id")).headers["content-language"] == "id"
