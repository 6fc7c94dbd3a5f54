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
import time
from collections.abc import Sequence
from dataclasses import dataclass
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
from marvec.cli.door import listen
from marvec.cli.web import serve as serve_city
from tests.benchmarks.city import process, scratch_city
from tests.benchmarks.figures import Figure, Meter, rate
from tests.benchmarks.listeners import Crowd, Listener, gather_crowd

QUICK = ["--messages", "50", "--rounds", "2"]
TEXT = "Masih ada songkolo 20 porsi untuk besok pagi, kak?"
A_TRANSACTION = 10


@dataclass
class Figures:
    deliveries: float  # a second of wall time
    of_server: float  # a second of the server's CPU
    client_share: float  # of all CPU that was used


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ours", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.bare:
        asyncio.run(bare(asked.bare))
    elif asked.ours:
        serve_city(city(), listen("127.0.0.1", asked.ours))
    else:
        with scratch_city():
            return asyncio.run(bench(asked.connections, asked.messages, asked.rounds))
    return []


async def bench(connections: int, messages: int, rounds: int) -> list[Figure]:
    theirs_port, our_port = free_port(), free_port()
    me = ["-m", "tests.benchmarks.bench_fanout"]
    theirs_words, our_words = [*me, "--bare", str(theirs_port)], [*me, "--ours", str(our_port)]
    with process(theirs_words, theirs_port) as their_process, process(our_words, our_port) as our_process:
        theirs = await Side.gather(their_process, theirs_port, "/", connections, lambda: ["hello"])
        us = await Side.gather(our_process, our_port, "/connection/websocket", connections, _greeting)
        results: dict[str, list[Figures]] = {"bare": [], "ours": []}
        for _ in range(rounds):
            results["bare"].append(await theirs.burst(json.dumps({"count": messages}), messages, connections))
            burst = {"id": 9, "rpc": {"method": "bench.burst", "data": {"count": messages}}}
            results["ours"].append(await us.burst(json.dumps(burst), messages, connections))
    return report(results, theirs.bytes_a_connection, us.bytes_a_connection)


def report(results: dict[str, list[Figures]], their_bytes: float, our_bytes: float) -> list[Figure]:
    fields = ("deliveries", "of_server", "client_share")
    middle = {
        name: Figures(*(statistics.median(getattr(one, field) for one in rows) for field in fields)) for name, rows in results.items()
    }
    for name, one in middle.items():
        print(f"{name:5} {one.deliveries:9,.0f} deliveries/s, {one.of_server:9,.0f} a second of the server's CPU", end="")
        print(f", listeners' CPU {one.client_share:.0%}")
    ours, theirs, share = middle["ours"], middle["bare"], middle["ours"].client_share
    ratio = our_bytes / their_bytes
    return [
        rate("fan-out, deliveries", ours.deliveries, theirs.deliveries, 0.5, share),
        rate("fan-out, a second of the server's CPU", ours.of_server, theirs.of_server, 0.5, share, unit=""),
        Figure("memory a connection", f"{our_bytes / 1024:.1f} KiB", f"{their_bytes / 1024:.1f} KiB", ratio, "<= 2.0x", ratio > 2),
    ]


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
        meter = Meter([self.process])
        began, wanted = time.perf_counter(), self.crowd.frames + messages * connections
        self.members[0].say(words)
        await self.crowd.until(wanted)
        wall = time.perf_counter() - began
        mine, its = meter.read()
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

    register(Namespace("bench", anybody, scope="bench", spelling=str))

    @rpc("bench.burst", scope="bench")
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


if __name__ == "__main__":
    main()
