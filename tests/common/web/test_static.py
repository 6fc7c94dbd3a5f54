"""The first page is small, and its files are kept for ever."""

import gzip
import json
import re

import httpx

from common.web import static

BUDGET = 80_000


async def test_the_first_page_is_within_its_budget(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    files = [link for link in re.findall(r'<(?:link|script)[^>]+(?:href|src)="([^"]+)"', page.text) if link.startswith("/")]
    answers = [page, *[await visitor.get(link) for link in files]]
    assert len(answers) <= 5
    assert sum(answer.num_bytes_downloaded for answer in answers) <= BUDGET


async def test_files_have_the_name_of_their_content_and_are_packed(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get(static.url("app.css"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    plain = await visitor.get(static.url("app.css"), headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content
    assert "content-encoding" not in plain.headers


async def test_htmx_comes_from_its_package(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get(static.url("htmx.js"))
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "htmx" in answer.text


async def test_a_name_that_is_not_an_asset_is_not_a_path(visitor: httpx.AsyncClient) -> None:
    for path in ("/static/app.css", "/static/../settings.py", "/static/%2e%2e/settings.py", "/static/"):
        assert (await visitor.get(path)).status_code == 404


def test_a_module_imports_another_by_its_hashed_name() -> None:
    text = 'import { a } from "./dialog.js";'
    assert static._imports(text) == {"dialog.js"}
    assert static._with_hashed_imports(text, static.assets()) == f'import {{ a }} from "./{static.assets()["dialog.js"].name}";'


def test_the_stylesheet_is_one_and_has_no_comments() -> None:
    css = static.assets()["app.css"]
    assert b"/*" not in css.body
    assert gzip.decompress(css.packed or b"") == css.body


async def test_the_house_has_its_small_addresses(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get("/robots.txt")).text.startswith("User-agent: *")
    assert (await visitor.get("/manifest.webmanifest")).json()["start_url"] == "/"
    assert (await visitor.get("/favicon.ico")).headers["location"] == static.url("favicon.svg")
    assert (await visitor.get("/healthz")).json() == {"status": "ok"}
    metrics = await visitor.get("/metrics")
    assert 'marvec_http_requests_total{method="GET",route="/healthz",status="200"}' in metrics.text
    assert (await visitor.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"})).status_code == 404


async def test_the_worker_keeps_files_that_exist_and_changes_with_them(visitor: httpx.AsyncClient) -> None:
    worker = await visitor.get("/sw.js")
    assert (worker.headers["content-type"], worker.headers["cache-control"]) == ("text/javascript; charset=utf-8", "no-cache")
    version, shell = (json.loads(line.split(" = ")[1].rstrip(";")) for line in worker.text.splitlines()[:2])
    assert re.fullmatch(r"[0-9a-f]{10}", version)
    assert {static.url("app.css"), static.url("app.js"), static.url("chat.js"), static.url("drafts.js")} <= set(shell)
    assert [(await visitor.get(address)).status_code for address in shell] == [200] * len(shell)


async def test_the_city_can_be_installed(visitor: httpx.AsyncClient) -> None:
    manifest = (await visitor.get("/manifest.webmanifest")).json()
    icons = {icon["purpose"]: icon for icon in manifest["icons"] if icon["sizes"] == "512x512"}
    assert set(icons) == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert (await visitor.get(icon["src"])).headers["content-type"].startswith(icon["type"])
    assert (manifest["display"], manifest["scope"]) == ("standalone", "/")


async def test_the_offline_page_is_nobodys_and_speaks_both_languages(visitor: httpx.AsyncClient) -> None:
    assert "Tidak ada jaringan" in (await visitor.get("/luring")).text
    answer = await visitor.get("/luring?bahasa=en")
    assert "No network" in answer.text
    assert "csrf" not in answer.text
