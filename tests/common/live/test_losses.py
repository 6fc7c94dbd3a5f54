"""What may be lost is lost: wake-ups, Redis, a process, a reader. What was told is not."""

import asyncio
import json
import signal
import time

import centrifuge
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from common import outbox
from common.db import hot, unit_of_work
from common.embedded.valkey import Valkey
from common.live import tokens, wakeups
from common.live.hub import CHECK_SECONDS
from common.live.jobs import trim
from tests.common.live.city import running, start
from tests.common.live.make import client_of, connected, follow, open_square, person, told

open_square()


async def test_a_client_outlives_kill_9_and_hears_every_message_once_in_order(database: None) -> None:
    async with running() as (address, process), connected(address) as client:
        heard = await follow(client, "square:1")
        await told("square:1", *range(1, 6))
        await heard.until(5)
        process.kill()
        await process.wait()
        await told("square:1", *range(6, 51))
        again = await start(int(address.rsplit(":", 1)[1]))
        try:
            await heard.until(50)
            await told("square:1", 51)
            await heard.until(51)
        finally:
            again.kill()
            await again.wait()

    assert heard.heard == [(n, n) for n in range(1, 52)]
    assert heard.recovered == [False, True]


async def test_two_web_processes_tell_each_other(database: None) -> None:
    async with running() as (one, _), running() as (two, _), connected(one) as here, connected(two) as there:
        listeners = [await follow(here, "square:1"), await follow(there, "square:1")]
        await asyncio.gather(*(client.publish("square:1", {"n": n}) for n in range(50) for client in (here, there)))
        for heard in listeners:
            await heard.until(100)
        users = await here.presence_stats("square:1")

    assert listeners[0].heard == listeners[1].heard
    assert [offset for offset, _ in listeners[0].heard] == list(range(1, 101))
    assert users.num_clients == 2


async def test_lost_wakeups_are_made_good_before_anything_later_is_delivered(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = 0
    publish = wakeups.publish

    async def forgetful(woken: list[wakeups.Wakeup]) -> None:
        nonlocal sent
        sent += 1
        if sent % 3 == 0:
            await publish(woken)

    async with connected(server) as client:
        heard = await follow(client, "square:1")
        monkeypatch.setattr(wakeups, "publish", forgetful)
        for number in range(1, 32):
            await told("square:1", number)
        await heard.until(31)
    assert heard.heard == [(n, n) for n in range(1, 32)]


async def test_without_redis_everything_arrives_a_little_later(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(MARVEC_REDIS_URL="redis://127.0.0.1:1/0") as (address, _), connected(address) as client:
        heard = await follow(client, "square:1")
        await told("square:1", 1, 2, 3)
        await heard.until(3)
        waits = []
        for number in range(4, 9):
            began = time.monotonic()
            await client.publish("square:1", {"n": number})
            await heard.until(number)
            waits.append(time.monotonic() - began)
    assert [offset for offset, _ in heard.heard] == list(range(1, 9))
    assert min(waits) < CHECK_SECONDS / 2  # what this process told itself waits for no look into the database


async def test_a_redis_that_hangs_holds_up_neither_answers_nor_messages_nor_work(server: str, valkey: Valkey) -> None:
    """Not killed, which answers at once, but stopped: it takes every word and says none."""
    assert valkey.process is not None
    async with connected(server) as one, connected(server) as other:
        heard = await follow(other, "square:1")
        valkey.process.send_signal(signal.SIGSTOP)
        try:
            async with asyncio.timeout(30):  # it stands still until all of this is done
                for number in range(1, 11):
                    await one.publish("square:1", {"n": number})
                await heard.until(10)
                await follow(one, "square:1")
                assert (await one.presence_stats("square:1")).num_clients == 2
                for _ in range(10):
                    async with unit_of_work() as session:
                        await outbox.enqueue(session, "nobody.does_this")
                await follow(one, "square:2")
        finally:
            valkey.process.send_signal(signal.SIGCONT)
        await told("square:2", "after")
    assert [offset for offset, _ in heard.heard] == list(range(1, 11))


async def test_what_was_trimmed_is_said_not_to_be_recovered(server: str) -> None:
    async with connected(server) as client:
        heard = await follow(client, "square:1")
        await told("square:1", *range(1, 4))
        await heard.until(3)
        await client.disconnect()
        await told("square:1", *range(4, 1011))
        await trim()
        await client.connect()
        await client.ready()
        async with asyncio.timeout(30):
            while len(heard.recovered) < 2:
                await asyncio.sleep(0.01)
        await told("square:1", "after")
        await heard.until(4)
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM live_publications") == 1001
    assert heard.recovered == [False, False]
    assert heard.heard[-1] == (1011, "after")


async def test_a_reader_too_slow_for_a_mebibyte_is_disconnected_and_nobody_waits_for_it(server: str) -> None:
    address = server.replace("http", "ws", 1) + "/connection/websocket"
    async with connect(address, max_queue=1, compression=None, proxy=None) as slow, connected(server) as quick:
        await slow.send(json.dumps({"id": 1, "connect": {"token": tokens.issue(person())[0]}}))
        await slow.send('{"id":2,"subscribe":{"channel":"square:1"}}')
        while '"subscribe"' not in await slow.recv():
            pass
        slow.transport.pause_reading()
        heard = await follow(quick, "square:1")
        for number in range(120):
            await told("square:1", str(number) * 50_000)
        await heard.until(120)
        slow.transport.resume_reading()
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                await slow.recv()
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 3008


async def test_a_stopping_process_sends_everybody_elsewhere_with_a_reconnect_code(database: None) -> None:
    codes: list[int] = []

    class Events(centrifuge.ClientEventHandler):  # type: ignore[misc]  # the SDK carries no types
        async def on_connecting(self, ctx: centrifuge.ConnectingContext) -> None:
            codes.append(ctx.code)

    async with running() as (address, process):
        clients = [client_of(address, person(), events=Events()) for _ in range(30)]
        for client in clients:
            await client.connect()
            await client.ready()
        codes.clear()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await process.wait()
        for client in clients:
            await client.disconnect()
    assert codes[:30] == [3001] * 30
    assert process.returncode in (0, -signal.SIGTERM)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", 3501),
        ('{"id":1,"rpc":{"method":"square.double"}}', 3501),  # before connect
        ('{"id":1,"connect":{}}', 3500),
        ('{"id":1,"connect":{"token":"x"}}', 3500),
    ],
)
async def test_broken_frames_end_the_connection(server: str, frame: str, code: int) -> None:
    async with connect(server.replace("http", "ws", 1) + "/connection/websocket", proxy=None) as socket:
        await socket.send(frame)
        with pytest.raises(ConnectionClosed) as ended:
            await socket.recv()
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == code


async def test_wakeups_that_overtake_each_other_are_delivered_in_order(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(woken: list[wakeups.Wakeup]) -> None:
        kept.extend(woken)

    kept: list[wakeups.Wakeup] = []
    async with connected(server) as client:
        heard = await follow(client, "square:1")
        monkeypatch.setattr(wakeups, "publish", lost)
        for number in range(1, 6):
            await told("square:1", number)
        for one in (kept[1], kept[4], kept[0], kept[0], kept[2], kept[3]):
            for hear in wakeups.HEARERS:
                hear(wakeups.Bundle("elsewhere", [one]))
        await heard.until(5)
        await asyncio.sleep(0.1)
    assert heard.heard == [(n, n) for n in range(1, 6)]
