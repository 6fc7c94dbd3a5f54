"""Fan-out to many sockets, and memory a connection, against bare `websockets.broadcast()` in the same run.

    python -m tests.benchmarks.bench_fanout [--connections 500] [--messages 200] [--rounds 5]

Each round sends the same messages (about 140 bytes on the wire) first through the bare server, then through ours: told in transactions
of ten, stored, woken and delivered. Both are processes of their own; the listeners count frames in this one. Its share of CPU is printed,
since it runs on the same cores: deliveries for each second of the *server's* CPU are the figure that it does not blur.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from litestar import Litestar
from websockets.asyncio.server import ServerConnection, broadcast, serve

from common import ids
from common.actor import Actor
from common.db import unit_of_work
from common.embedded.processes import free_port
from common.live import Namespace, register, rpc, tell, tokens
from marvec.app import create_app
from tests.benchmarks.bench_search import ROOT, scratch_city
from tests.benchmarks.listeners import Crowd, Listener, gather_crowd

TEXT = "Masih ada songkolo 20 porsi untuk besok pagi, kak?"
A_TRANSACTION = 10


@dataclass
class Figures:
    deliveries: float  # a second of wall time
    of_server: float  # a second of the server's CPU
    client_share: float  # of all CPU that was used


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bare:
        asyncio.run(bare(asked.bare))
        return
    with tempfile.TemporaryDirectory() as folder, scratch_city(Path(folder)):
        asyncio.run(bench(asked.connections, asked.messages, asked.rounds))


async def bench(connections: int, messages: int, rounds: int) -> None:
    theirs_port, our_port = free_port(), free_port()
    me = ["-m", "tests.benchmarks.bench_fanout", "--bare", str(theirs_port)]
    ours = ["-m", "uvicorn", "tests.benchmarks.bench_fanout:city", "--factory", "--port", str(our_port), "--log-level", "warning"]
    ours += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
    with process(me) as their_process, process(ours) as our_process:
        await asyncio.gather(_listening(theirs_port), _listening(our_port))
        theirs = await Side.gather(their_process, theirs_port, "/", connections, lambda: ["hello"])
        us = await Side.gather(our_process, our_port, "/connection/websocket", connections, _greeting)
        results: dict[str, list[Figures]] = {"bare": [], "ours": []}
        for _ in range(rounds):
            results["bare"].append(await theirs.burst(json.dumps({"count": messages}), messages, connections))
            burst = {"id": 9, "rpc": {"method": "bench.burst", "data": {"count": messages}}}
            results["ours"].append(await us.burst(json.dumps(burst), messages, connections))
    report(results, theirs.bytes_a_connection, us.bytes_a_connection)


def report(results: dict[str, list[Figures]], their_bytes: float, our_bytes: float) -> None:
    say = sys.stdout.write
    middle = {
        name: Figures(*(statistics.median(getattr(one, field) for one in rows) for field in ("deliveries", "of_server", "client_share")))
        for name, rows in results.items()
    }
    for name, one in middle.items():
        share = f"listeners used {one.client_share:.0%} of all CPU"
        say(f"{name:5} {one.deliveries:9,.0f} deliveries/s  {one.of_server:9,.0f} a second of server CPU  ({share})\n")
    say(f"ratio {middle['ours'].deliveries / middle['bare'].deliveries:.2f} of wall time, ")
    say(f"{middle['ours'].of_server / middle['bare'].of_server:.2f} of server CPU\n")
    say(f"memory a connection: bare {their_bytes / 1024:.1f} KiB, ours {our_bytes / 1024:.1f} KiB, ratio {our_bytes / their_bytes:.2f}\n")


class Side:
    """One server and its crowd."""

    def __init__(self, process: psutil.Process, crowd: Crowd, members: list[Listener], bytes_a_connection: float) -> None:
        self.process, self.crowd, self.members, self.bytes_a_connection = process, crowd, members, bytes_a_connection

    @classmethod
    async def gather(cls, process: psutil.Process, port: int, path: str, size: int, greeting: Any) -> "Side":
        crowd = Crowd()
        members = await gather_crowd(crowd, port, path, 50, greeting)  # what is made once for all is there before we weigh
        before = process.memory_info().rss
        members += await gather_crowd(crowd, port, path, size - 50, greeting)
        return cls(process, crowd, members, (process.memory_info().rss - before) / (size - 50))

    async def burst(self, words: str, messages: int, connections: int) -> Figures:
        await asyncio.sleep(0.3)
        me = psutil.Process()
        mine, its = sum(me.cpu_times()[:2]), sum(self.process.cpu_times()[:2])
        began, wanted = time.perf_counter(), self.crowd.frames + messages * connections
        self.members[0].say(words)
        await self.crowd.until(wanted)
        wall = time.perf_counter() - began
        mine, its = sum(me.cpu_times()[:2]) - mine, sum(self.process.cpu_times()[:2]) - its
        return Figures(messages * connections / wall, messages * connections / its, mine / (mine + its))


# --- the bare server


async def bare(port: int) -> None:
    crowd: set[ServerConnection] = set()

    async def serve_one(connection: ServerConnection) -> None:
        crowd.add(connection)
        await connection.send("welcome")
        async for words in connection:
            if words == "hello":
                continue
            for number in range(json.loads(words)["count"]):
                broadcast(
                    crowd, json.dumps({"push": {"channel": "bench:1", "pub": {"data": {"text": TEXT, "n": number}, "offset": number}}})
                )
                await asyncio.sleep(0)

    async with serve(serve_one, "127.0.0.1", port, compression=None, ping_interval=None) as server:
        await server.serve_forever()


# --- ours


def city() -> Litestar:
    """The whole app, with a channel for the benchmark."""

    async def anybody(actor: Actor, key: str) -> bool:
        return True

    register(Namespace(prefix="bench", may_subscribe=anybody))

    @rpc("bench.burst")
    async def burst(actor: Actor, data: Any) -> Any:
        for start in range(0, data["count"], A_TRANSACTION):
            async with unit_of_work() as session:
                for number in range(start, min(start + A_TRANSACTION, data["count"])):
                    await tell(session, "bench:1", {"text": TEXT, "n": number})
        return {}

    return create_app()


def _greeting() -> list[str]:
    token, _ = tokens.issue(Actor(ids.uuid7(), "Bench"))
    return [json.dumps({"id": 1, "connect": {"token": token}}), '{"id":2,"subscribe":{"channel":"bench:1"}}']


# --- processes


@contextmanager
def process(words: list[str]) -> Iterator[psutil.Process]:
    child = subprocess.Popen([sys.executable, "-W", "ignore", *words], cwd=ROOT)
    try:
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(20)


async def _listening(port: int, seconds: float = 40) -> None:
    async with asyncio.timeout(seconds):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


if __name__ == "__main__":
    main()
