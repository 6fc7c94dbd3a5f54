"""What is too much, too deep, too slow or cannot be kept is refused before anything is made of it, and nobody else waits meanwhile."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
import uvicorn
from litestar import Litestar, Request, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.routes import HTTPRoute
from litestar.types import Receive, Scope, Send

from common.actor import Actor
from common.ids import uuid7
from common.settings import get_settings
from common.web import bodies, line, pages
from common.web.bodies import MOST_FIELDS, SMALL, TAKES, UPLOAD, check_json, takes
from common.web.line import BoundedLine
from tests.common.web.make import HANDLERS, browser, csrf_of, small_app

FORM = {"content-type": "application/x-www-form-urlencoded"}


@post("/api/v1/pictures", guards=[pages.public], opt={TAKES: UPLOAD})
async def keep_picture(data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)]) -> str:
    return f"{data.filename} {len(await data.read())}"


@post("/gambar", guards=[pages.public], opt={TAKES: UPLOAD})
async def hang_picture(request: Request[Any, Any, Any]) -> str:
    return str(len(await (await request.form())["file"].read()))


class Somebody:
    """Everybody is signed in who says so."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = b"x-somebody" in dict(scope["headers"])
        scope["state"]["actor"] = Actor(uuid7(), "Daeng Baji", "id") if known else None
        await self.app(scope, receive, send)


@pytest.fixture
def little(tmp_path: Path) -> Litestar:
    return small_app(tmp_path, [*HANDLERS, keep_picture, hang_picture], middleware=[Somebody])


@pytest.fixture
async def visitor(little: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(little) as client:
        yield client


@pytest.fixture
async def served(little: Litestar) -> AsyncIterator[str]:
    """The small application behind the same line as the city's."""
    running = uvicorn.Server(uvicorn.Config(little, port=0, log_level="warning", http=BoundedLine, lifespan="off"))
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


async def slowest_neighbour(address: str, while_this: Awaitable[Any]) -> float:
    """Seconds that the slowest of a neighbour's requests took meanwhile."""
    slowest, attack = 0.0, asyncio.ensure_future(while_this)
    async with httpx.AsyncClient(base_url=address) as neighbour:
        while not attack.done():
            began = time.perf_counter()
            assert (await neighbour.get("/healthz")).status_code == 200
            slowest = max(slowest, time.perf_counter() - began)
            await asyncio.sleep(0)
    await attack
    return slowest


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_strangers_form_of_eight_megabytes_is_refused_and_the_neighbour_does_not_notice(served: str, chunked: bool) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(128):
            yield b"a=1&" * (2**20 // 64)

    async def attack() -> None:
        async with httpx.AsyncClient(base_url=served, headers={"accept": "text/html", "cookie": "bahasa=en"}) as stranger:
            body = in_pieces() if chunked else b"a=1&" * 2**21
            answer = await stranger.post("/lapak", content=body, headers=FORM)
            assert answer.status_code == 413
            assert "<h1>What you sent is too large." in answer.text

    assert await slowest_neighbour(served, attack()) < 8  # it was ten on an idle machine


async def test_a_program_hears_the_same_as_a_problem(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/api/v1/things", content=b" " * (SMALL + 1), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_form_may_have_two_hundred_fields(visitor: httpx.AsyncClient) -> None:
    token = await csrf_of(visitor)
    for count, status in ((MOST_FIELDS - 3, 303), (MOST_FIELDS - 2, 413)):
        fields = {"_csrf": token, "title": "Ikan", "price": "1"} | {f"f{number}": "" for number in range(count)}
        assert (await visitor.post("/lapak", data=fields)).status_code == status
    parts = {f"f{number}": (None, "") for number in range(MOST_FIELDS + 1)}
    assert (await visitor.post("/lapak", files=parts)).status_code == 413


async def test_only_a_route_that_says_so_takes_a_file_and_only_from_somebody(visitor: httpx.AsyncClient) -> None:
    file = {"file": ("foto.jpg", bytes(SMALL * 3), "image/jpeg")}
    token = {"x-csrf-token": await csrf_of(visitor)}
    known = token | {"x-somebody": "1"}
    assert (await visitor.post("/gambar", files=file, headers=known)).text == str(SMALL * 3)
    assert (await visitor.post("/gambar", files=file, headers=token)).status_code == 401
    assert (await visitor.post("/lapak", files=file, headers=known)).status_code == 413
    too_large = {"file": ("foto.jpg", bytes(get_settings().upload_limit + bodies.SLACK + 1), "image/jpeg")}
    assert (await visitor.post("/gambar", files=too_large, headers=known)).status_code == 413


async def test_one_file_is_one_file(visitor: httpx.AsyncClient) -> None:
    async def send(*parts: tuple[str, Any]) -> tuple[int, Any]:
        answer = await visitor.post("/api/v1/pictures", files=list(parts), headers={"accept": "application/json"})
        return answer.status_code, answer.json().get("errors") if answer.status_code == 422 else answer.text

    picture = ("data", ("foto.jpg", b"1234", "image/jpeg"))
    assert await send(picture) == (201, "foto.jpg 4")
    refused = (422, [{"field": "data", "message": "Kirim satu berkas."}])
    assert await send(("data", (None, "kata saja"))) == refused
    assert await send(picture, picture) == refused
    for other in ({"json": {"data": 1}}, {"data": {"data": "1"}}, {}):
        answer = await visitor.post("/api/v1/pictures", headers={"accept": "application/json"}, **other)
        assert answer.status_code == 422


def test_every_route_that_reads_files_says_so(app: Litestar) -> None:
    """By their signature or by their words; and whoever says so is somebody."""
    handlers = {handler for route in app.routes if isinstance(route, HTTPRoute) for handler in route.route_handlers}
    says = {str(handler) for handler in handlers if takes(handler) == UPLOAD}
    reads = {str(handler) for handler in handlers if _reads_a_file(handler)}
    assert reads == says
    assert len(says) == 8


def _reads_a_file(handler: HTTPRouteHandler) -> bool:
    names = {"UploadFile", "uploads", "_uploads", "_keep_pictures"}
    field = handler.parsed_fn_signature.parameters.get("data")
    return bool(names & set(handler.fn.__code__.co_names)) or (field is not None and field.annotation is UploadFile)


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": ' + b"[" * 40 + b"]" * 40 + b', "count": 1}',
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b'"' + b'\\"' * 32_000 + b"[" * 40,
        b'{"name": "benda", "count": 9223372036854775808}',
        b'{"name": "benda", "count": -' + b"9" * 5_000 + b"}",
        b'{"name": "ben\\u0000da", "count": 1}',
        b'{"name": "\\\\\\u0000", "count": 1}',
        b'{"na\\u0000me": "benda", "count": 1}',
    ],
    ids=range(9),
)
async def test_json_that_nobody_can_keep_is_malformed(visitor: httpx.AsyncClient, body: bytes) -> None:
    headers = {"accept": "application/json", "content-type": "application/json"}
    assert (await visitor.post("/api/v1/things", content=body, headers=headers)).status_code in (400, 422)


def test_json_that_only_looks_like_it_passes() -> None:
    texts = ["\\u0000", "[" * 99, "9" * 40, '"[' * 40]
    check_json(json.dumps({"a": texts, "b": 2**63 - 1, "c": [{"d": [1.25]}] * 40}).encode())
    check_json(b'{"a": 0.1234567890123456789012345}')


async def test_nul_in_any_text_is_malformed(visitor: httpx.AsyncClient) -> None:
    token = await csrf_of(visitor)
    answers = [
        await visitor.get("/?q=a%00b"),
        await visitor.get("/hilang/a%00b"),
        await visitor.post("/lapak", data={"_csrf": token, "title": "Ik\0an", "price": "1"}),
        await visitor.post("/lapak", data={"_csrf": token, "title": "Ikan", "price": "1", "a\0": "1"}),
        await visitor.post("/lapak", files={"_csrf": (None, token), "title": (None, "Ik\0an")}),
        await visitor.post("/lapak", files={"_csrf": (None, token), "picture": ("a%00b\0.jpg", b"1")}),
    ]
    assert [answer.status_code for answer in answers[:-1]] == [422, 404, 422, 422, 422]
    assert answers[-1].status_code in (400, 422)
    assert "Ada huruf yang tidak bisa disimpan." in answers[2].text


async def test_a_part_in_a_charset_that_it_is_not_is_malformed(visitor: httpx.AsyncClient) -> None:
    for kind, text in (("utf-8", b"\xff\xfe"), ("klingon", b"nuqneH")):
        head = f'--x\r\ncontent-disposition: form-data; name="title"\r\ncontent-type: text/plain; charset={kind}\r\n\r\n'
        body = head.encode() + text + b"\r\n--x--\r\n"
        answer = await visitor.post("/lapak", content=body, headers={"content-type": "multipart/form-data; boundary=x"})
        assert answer.status_code in (400, 422)


HALVES: dict[str, Callable[[str], bytes]] = {
    "nothing": lambda host: b"",
    "half a head": lambda host: f"GET / HTTP/1.1\r\nHost: {host}\r\nX-A: b".encode(),
    "half a body": lambda host: f"POST /lapak HTTP/1.1\r\nHost: {host}\r\nContent-Length: 900\r\n{_form_type()}\r\na=1".encode(),
    "half a chunk": lambda host: f"POST /lapak HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n{_form_type()}\r\n9\r\na".encode(),
    "half the second head": lambda host: f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 2 + b"GE",
    "a body that nobody reads": lambda host: f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nContent-Length: 900\r\n\r\nabc".encode(),
}


def _form_type() -> str:
    return "Content-Type: application/x-www-form-urlencoded\r\n"


async def test_half_a_request_is_cut_and_costs_the_neighbour_nothing(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "TAIL_SECONDS"):
        monkeypatch.setattr(line, name, 0.3)
    host, port = served.removeprefix("http://").split(":")

    async def drip(half: bytes) -> bytes:
        """Send it, then a byte now and then; what was said until the line was cut."""
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(half)
        said = asyncio.ensure_future(reader.read(64 * 1024) if b"GET /healthz" in half else reader.read())
        while not said.done():
            await asyncio.wait([said], timeout=0.1)
            if half and not (said.done() or writer.is_closing()):
                writer.write(b"a")
        writer.close()
        return said.result() if said.exception() is None else b"reset"

    async def attack() -> dict[str, bytes]:
        said = await asyncio.wait_for(asyncio.gather(*(drip(half(host)) for half in HALVES.values() for _ in range(10))), 60)
        return dict(zip(HALVES, said[::10], strict=True))

    found: dict[str, bytes] = {}

    async def remembered() -> None:
        found.update(await attack())

    assert await slowest_neighbour(served, remembered()) < 8
    assert found["half a head"].startswith((b"HTTP/1.1 408 ", b"reset"))  # our next byte may cross the farewell


async def test_a_slow_upload_that_goes_on_is_not_cut(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "BODY_SECONDS", 0.3)

    async def slowly() -> AsyncIterator[bytes]:
        yield b'--x\r\ncontent-disposition: form-data; name="data"; filename="a.jpg"\r\n\r\n'
        for _ in range(8):
            await asyncio.sleep(0.1)
            yield bytes(4 * line.BODY_RATE)
        yield b"\r\n--x--\r\n"

    async with httpx.AsyncClient(base_url=served) as client:
        headers = {"content-type": "multipart/form-data; boundary=x", "x-somebody": "1"}
        answer = await client.post("/api/v1/pictures", content=slowly(), headers=headers)
    assert (answer.status_code, answer.text) == (201, f"a.jpg {32 * line.BODY_RATE}")


async def test_a_head_without_end_is_cut(served: str) -> None:
    host, port = served.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/1.1\r\n")
    for number in range(3 * line.HEAD_BYTES // 1024):
        writer.write(f"X-{number}: {'a' * 1000}\r\n".encode())
        await asyncio.sleep(0)
    with contextlib.suppress(ConnectionResetError):  # cut while we were still sending
        assert (await asyncio.wait_for(reader.read(), 30)).startswith(b"HTTP/1.1 431 ")
    writer.close()
