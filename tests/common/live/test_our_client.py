"""Our own client in a real browser, against a scripted server: what is temporary is tried again, what is for good is not."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, Page

from tests.common.live.city import ROOT

LIVE = ROOT / "src/common/web/static/js/live.js"
PAGE = (
    "<!doctype html><title>uji</title><script type=module>import * as live from '/live.js'; window.live = live; window.log = [];</script>"
)
LISTEN = """([channel, since]) => live.subscribe(channel, {
    since, heard: (data, offset) => log.push(`${channel} ${offset}`), lost: () => log.push(`${channel} lost`),
})"""
TEMPORARY = {"code": 100, "message": "internal server error", "temporary": True}
UNAVAILABLE = {"code": 503, "message": "sulit dihubungi", "temporary": True}
EXPIRED = {"code": 109, "message": "token expired"}
DENIED = {"code": 103, "message": "permission denied"}


def publications(*offsets: int) -> list[dict[str, Any]]:
    return [{"data": {}, "offset": offset} for offset in offsets]


class Scripted:
    """An ASGI application: the page, the module, and a socket that gives each channel's answers in their order, the last one for ever."""

    def __init__(self) -> None:
        self.script: dict[str, list[dict[str, Any]]] = {}
        self.asked: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.connected = 0
        self.send: Callable[[Any], Any] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self._converse(receive, send)
            return
        body = LIVE.read_bytes() if scope["path"] == "/live.js" else PAGE.encode()
        kind = b"text/javascript" if scope["path"] == "/live.js" else b"text/html"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body})

    async def push(self, channel: str, **what: Any) -> None:
        assert self.send is not None
        await self.send({"type": "websocket.send", "text": json.dumps({"push": {"channel": channel} | what})})

    async def close(self, code: int) -> None:
        assert self.send is not None
        await self.send({"type": "websocket.close", "code": code})

    async def _converse(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.connected, self.send = self.connected + 1, send
        while (event := await receive())["type"] == "websocket.receive":
            command = json.loads(event["text"])
            answer = {"connect": {"client": "uji", "ping": 25}} if "connect" in command else self._next(command)
            await send({"type": "websocket.send", "text": json.dumps({"id": command["id"]} | answer)})

    def _next(self, command: dict[str, Any]) -> dict[str, Any]:
        (kind,) = set(command) - {"id"}
        channel = command[kind]["channel"]
        self.asked[channel].append({kind: command[kind]})
        answers = self.script[channel]
        return answers.pop(0) if len(answers) > 1 else answers[0]


def begun(offset: int, **more: Any) -> dict[str, Any]:
    return {"subscribe": {"recoverable": True, "epoch": "e", "offset": offset} | more}


def recovered(offset: int, *offsets: int) -> dict[str, Any]:
    return begun(offset, was_recovering=True, recovered=True, publications=publications(*offsets))


@pytest.fixture
async def scripted() -> AsyncIterator[tuple[Scripted, str]]:
    script = Scripted()
    running = uvicorn.Server(uvicorn.Config(script, port=0, log_level="error", ws="websockets-sansio", lifespan="off"))
    task = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    yield script, f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


async def opened(browser: Browser, address: str) -> Page:
    page = await (await browser.new_context()).new_page()
    await page.goto(address)
    await page.wait_for_function("window.log")
    return page


async def until(page: Page, wanted: list[str]) -> None:
    """What was heard of each channel, in order, and nothing else."""
    sorted_by = "(words) => JSON.stringify(words.toSorted((a, b) => a.split(' ')[0].localeCompare(b.split(' ')[0])))"
    channels = "wanted.map((word) => word.split(' ')[0])"
    await page.wait_for_function(
        f"(wanted) => {{ const said = {sorted_by}, channels = {channels};"
        " return said(log.filter((word) => channels.includes(word.split(' ')[0]))) === said(wanted); }",
        arg=wanted,
    )


async def test_what_is_temporary_is_asked_again_and_what_is_denied_is_not(scripted: tuple[Scripted, str], browser: Browser) -> None:
    script, address = scripted
    errors = [{"error": error} for error in (TEMPORARY, UNAVAILABLE, EXPIRED)]
    script.script = {"a": [*errors, begun(5)], "b": [{"error": DENIED}], "c": [{"error": TEMPORARY}, recovered(4, 4)]}
    page = await opened(browser, address)
    await page.evaluate(LISTEN, ["a", None])
    await page.evaluate(LISTEN, ["b", None])
    await page.evaluate(LISTEN, ["c", 3])
    async with asyncio.timeout(60):
        while len(script.asked["a"]) < 4 or len(script.asked["c"]) < 2:
            await asyncio.sleep(0.02)
    for channel, offset in (("a", 6), ("b", 1), ("c", 5)):
        await script.push(channel, pub=publications(offset)[0])
    await until(page, ["a 6", "c 4", "c 5"])
    assert [len(script.asked[channel]) for channel in "abc"] == [4, 1, 2]
    assert script.connected == 1


async def test_a_recovery_in_pieces_is_heard_whole_and_once(scripted: tuple[Scripted, str], browser: Browser) -> None:
    script, address = scripted

    def piece(offset: int, *offsets: int) -> dict[str, Any]:
        return {"history": {"publications": publications(*offsets), "offset": offset, "epoch": "e"}}

    script.script = {
        "asked": [recovered(7, 4), piece(8, 5, 6), {"error": TEMPORARY}, piece(8, 7, 8)],
        "pushed": [recovered(4, 4)],
        "gap": [begun(1), piece(4, 2, 3, 4)],
        "gone": [recovered(9, 4), piece(9, 8, 9)],
    }
    page = await opened(browser, address)
    for channel, since in (("asked", 3), ("pushed", 3), ("gap", None), ("gone", 3)):
        await page.evaluate(LISTEN, [channel, since])
    await until(page, ["asked 4", "asked 5", "asked 6", "asked 7", "asked 8", "gone 4", "gone lost"])
    for offset in (5, 6):
        await script.push("pushed", pub=publications(offset)[0])
    await script.push("gap", pub=publications(4)[0])
    await script.push("gone", pub=publications(10)[0])
    await until(page, ["pushed 4", "pushed 5", "pushed 6", "gap 2", "gap 3", "gap 4", "gone 4", "gone lost", "gone 10"])
    assert [one["history"]["since"]["offset"] for one in script.asked["asked"][1:]] == [4, 6, 6]


async def test_what_cannot_be_recovered_is_loaded_anew_and_then_followed(scripted: tuple[Scripted, str], browser: Browser) -> None:
    script, address = scripted
    script.script = {"d": [begun(8, was_recovering=True, recovered=False)], "e": [begun(2), recovered(3, 3)], "f": [begun(1)]}
    page = await opened(browser, address)
    for channel, since in (("d", 1), ("e", None), ("f", None)):
        await page.evaluate(LISTEN, [channel, since])
    await until(page, ["d lost"])
    await script.push("d", pub=publications(9)[0])
    await script.push("e", unsubscribe={"code": 2500, "reason": "insufficient state"})
    await script.push("f", unsubscribe={"code": 2000, "reason": "server"})
    await until(page, ["d lost", "d 9", "e 3"])
    assert script.asked["e"][1]["subscribe"] == {"channel": "e", "recover": True, "offset": 2, "epoch": "e"}
    assert len(script.asked["f"]) == 1


async def test_a_line_that_ends_comes_back_unless_it_was_ended_for_good(scripted: tuple[Scripted, str], browser: Browser) -> None:
    script, address = scripted
    script.script = {"g": [begun(1), recovered(2, 2)]}
    page = await opened(browser, address)
    await page.evaluate(LISTEN, ["g", None])
    async with asyncio.timeout(60):
        while not script.asked["g"]:
            await asyncio.sleep(0.02)
        await script.close(3001)
        await until(page, ["g 2"])
        await script.close(3500)
        await page.wait_for_function("live.call('x').catch((error) => error.message === 'away')")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await asyncio.sleep(0.5)
    assert script.connected == 2
