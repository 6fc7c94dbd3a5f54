"""Catching up on a line that carries little, and who does not read at all."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from common.live import door, hub, socket, tokens
from tests.common.live.make import connected, follow, open_square, person, told
from tests.journeys.line import line_to

open_square()
MOST = 64 * 1024


@asynccontextmanager
async def bare(server: str, **more: Any) -> AsyncIterator[ClientConnection]:
    """A socket that has said who it is."""
    address = server.replace("http", "ws", 1) + "/connection/websocket"
    async with connect(address, compression=None, proxy=None, **more) as opened:
        await opened.send(json.dumps({"id": 1, "connect": {"token": tokens.issue(person())[0]}}))
        await opened.recv()
        yield opened


async def test_one_answer_is_bounded_and_the_rest_follows_in_pages(server: str) -> None:
    await told("square:1", *({"n": n, "text": "x" * 1000} for n in range(1, 301)))
    async with bare(server) as client:
        await client.send('{"id":2,"subscribe":{"channel":"square:1","recover":true,"offset":0,"epoch":""}}')
        frame = str(await client.recv())
        answer = json.loads(frame)["subscribe"]
        heard = [one["offset"] for one in answer["publications"]]
        while heard[-1] < 300:
            heard.append(json.loads(str(await client.recv()))["push"]["pub"]["offset"])

    assert len(frame) <= MOST and 0 < len(answer["publications"]) <= 100
    assert (answer["was_recovering"], answer["recovered"]) == (True, True)
    assert answer["offset"] == answer["publications"][-1]["offset"]
    assert heard == list(range(1, 301))


async def test_who_is_too_far_behind_is_sent_to_the_page(server: str) -> None:
    await told("square:1", *range(1, 1002))
    async with bare(server) as client:
        await client.send('{"id":2,"subscribe":{"channel":"square:1","recover":true,"offset":0,"epoch":""}}')
        answer = json.loads(str(await client.recv()))["subscribe"]
        await client.send('{"id":3,"unsubscribe":{"channel":"square:1"}}')
        await client.recv()
        await client.send('{"id":4,"subscribe":{"channel":"square:1","recover":true,"offset":0,"epoch":"","flag":2}}')
        refused = json.loads(str(await client.recv()))

    assert (answer["was_recovering"], answer["recovered"], answer["publications"], answer["offset"]) == (True, False, [], 1001)
    assert refused["error"]["code"] == 112


async def test_twelve_on_weak_lines_catch_up_while_others_talk(server: str) -> None:
    """What each missed takes its line three seconds, and none waits longer than half of that for an answer."""
    async with connected(server) as talking, line_to(server) as line:
        heard = await follow(talking, "square:1")
        readers = [connected(line.address, timeout=1.5) for _ in range(12)]
        clients = [await reader.__aenter__() for reader in readers]
        listeners = [await follow(client, "square:1") for client in clients]
        for client in clients:
            await client.disconnect()
        await told("square:1", *({"n": n, "text": "x" * 1000} for n in range(1, 121)))
        line.slow_down(40_000)
        for client in clients:
            await client.connect()
        for number in range(121, 131):
            await told("square:1", {"n": number})
        for listener in [heard, *listeners]:
            await listener.until(130, seconds=120)
        line.mend()
        for reader in readers:
            await reader.__aexit__(None, None, None)

    for listener in listeners:
        assert [offset for offset, _ in listener.heard] == list(range(1, 131))
        assert listener.recovered[:2] == [False, True]


async def test_a_reader_who_was_cut_is_let_go_and_no_longer_present(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "LINGER_SECONDS", 0.5)
    async with bare(server, max_queue=1) as slow, connected(server) as quick:
        await slow.send('{"id":2,"subscribe":{"channel":"square:1"}}')
        await slow.recv()
        slow.transport.pause_reading()
        await follow(quick, "square:1")
        assert (await quick.presence_stats("square:1")).num_clients == 2
        for number in range(60):
            await told("square:1", str(number) * 50_000)
        assert door._hub is not None
        async with asyncio.timeout(30):
            while len(door._hub.sockets) > 1:
                await asyncio.sleep(0.02)
        assert (await quick.presence_stats("square:1")).num_clients == 1
        slow.transport.abort()


async def test_a_stop_does_not_wait_for_who_does_not_read(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "FAREWELL_SECONDS", 0.2)
    async with bare(server, max_queue=1) as slow:
        await slow.send('{"id":2,"subscribe":{"channel":"square:1"}}')
        await slow.recv()
        slow.transport.pause_reading()
        for number in range(10):
            await told("square:1", str(number) * 50_000)
        assert door._hub is not None
        await door._hub.drain()
        async with asyncio.timeout(4):  # before LINGER_SECONDS
            while door._hub.sockets:
                await asyncio.sleep(0.02)
        slow.transport.abort()
