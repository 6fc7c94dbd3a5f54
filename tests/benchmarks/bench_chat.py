"""Durable chat sends through the socket, against pgbench with one commit a message, in one run on one durable database.

    python -m tests.benchmarks.bench_chat [--people 64] [--seconds 8] [--in-flight 4] [--rounds 3]

The yardstick does the same writing (the conversation's number, the message, an outbox row) with 8 clients over as many conversations.
Ours: `people` sockets, each in a conversation of its own with one other person who listens, each with `in-flight` calls of `chat.send`
under way; a send counts when its answer came, after COMMIT. Senders and listeners run in this process; their share of CPU is printed.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from uuid import UUID

import psutil
from websockets.asyncio.client import ClientConnection, connect

from common import ids
from common.actor import Actor
from common.db import close_database, open_database, unit_of_work
from common.live import tokens
from marvec.chat import service
from tests.benchmarks.city import as_superuser, pgbench, scratch_city, web_processes
from tests.benchmarks.figures import Figure, Meter, at, rate

QUICK = ["--seconds", "2", "--rounds", "1"]
FLOOR = 0.3
TEXT = "Masih ada songkolo 20 porsi untuk besok pagi, kak?"
YARDSTICK = f"""
\\set place random(1, :people)
BEGIN;
UPDATE conversations SET last_seq = last_seq + 1, last_at = now() WHERE id = (SELECT id FROM bench_places WHERE place = :place)
    RETURNING id, last_seq, people[1] AS author \\gset
INSERT INTO messages (conversation_id, seq, client_id, author_id, text, at)
    VALUES (:id::uuid, :last_seq, gen_random_uuid()::text, :author::uuid, '{TEXT}', now());
INSERT INTO outbox (id, job, args, run_at, created_at, attempts, last_error)
    VALUES (gen_random_uuid(), 'bench', '{{}}', 'infinity', now(), 0, '');
COMMIT;
"""


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--in-flight", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(words)
    with scratch_city() as superuser_url:
        return asyncio.run(bench(superuser_url, asked.people, asked.seconds, asked.in_flight, asked.rounds))


async def bench(superuser_url: str, people: int, seconds: int, in_flight: int, rounds: int) -> list[Figure]:
    pairs = await furnish(superuser_url, people)
    theirs, ours, shares, delays = [], [], [], []
    with web_processes() as ((port,), (server,)):
        for _ in range(rounds):
            theirs.append(await pgbench(YARDSTICK, seconds, people=people))
            rate_of_round, share, latencies = await send_all(server, port, pairs, seconds, in_flight)
            ours.append(rate_of_round)
            shares.append(share)
            delays += latencies
    yard, middle, share = statistics.median(theirs), statistics.median(ours), statistics.median(shares)
    print(f"pgbench {yard:,.0f}/s, chat.send {middle:,.0f}/s, p50 {at(delays, 0.5):.1f} ms, p99 {at(delays, 0.99):.1f} ms", end="")
    print(f", senders' and listeners' CPU {share:.0%}")
    return [rate("durable chat sends", middle, yard, FLOOR, share)]


async def furnish(superuser_url: str, people: int) -> list[tuple[Actor, Actor, UUID]]:
    """As many conversations of two as there are senders, and the yardstick's way of picking one of them."""
    await open_database()
    pairs = []
    for _ in range(people):
        one, other = Actor(ids.uuid7(), "Daeng"), Actor(ids.uuid7(), "Puang")
        async with unit_of_work() as session:
            both = {one.person_id, other.person_id}
            talk = await service.open_conversation(session, kind="bench", subject_id=ids.uuid7(), people=both, title="Songkolo")
        pairs.append((one, other, talk.id))
    await close_database()
    places = ", ".join(f"({place}, '{talk}')" for place, (_, _, talk) in enumerate(pairs, start=1))
    await as_superuser(
        superuser_url,
        "CREATE TABLE bench_places (place integer PRIMARY KEY, id uuid)",
        f"INSERT INTO bench_places VALUES {places}",
        "GRANT SELECT ON bench_places TO marvec",
    )
    return pairs


async def send_all(
    server: psutil.Process, port: int, pairs: list[tuple[Actor, Actor, UUID]], seconds: int, in_flight: int
) -> tuple[float, float, list[float]]:
    """Sends a second, our share of the CPU that we and the web process used, and the delays in milliseconds."""
    senders = [await _enter(port, one, talk, listens=False) for one, _, talk in pairs]
    listeners = [await _enter(port, other, talk, listens=True) for _, other, talk in pairs]
    hearing = [asyncio.create_task(_hear(one)) for one in listeners]
    meter = Meter([server])
    began = time.perf_counter()
    done = await asyncio.gather(*(_send(one, talk, began + seconds, in_flight) for one, (_, _, talk) in zip(senders, pairs, strict=True)))
    wall = time.perf_counter() - began
    share = meter.share()
    for task in hearing:
        task.cancel()
    await asyncio.gather(*(one.close() for one in senders + listeners), *hearing, return_exceptions=True)
    latencies = [delay for one in done for delay in one]
    return len(latencies) / wall, share, latencies


async def _send(socket: ClientConnection, talk: UUID, until: float, in_flight: int) -> list[float]:
    """Keep `in_flight` messages under way; delays from the sending to the answer."""
    began: dict[int, float] = {}
    delays: list[float] = []
    number = 10

    async def say() -> None:
        nonlocal number
        number += 1
        began[number] = time.perf_counter()
        data = {"conversation": str(talk), "client_id": str(ids.uuid7()), "text": TEXT}
        await socket.send(json.dumps({"id": number, "rpc": {"method": "chat.send", "data": data}}))

    for _ in range(in_flight):
        await say()
    while began:
        answer = json.loads(await socket.recv())
        if "id" not in answer:
            if not answer:
                await socket.send("{}")
            continue
        assert "error" not in answer, answer
        delays.append((time.perf_counter() - began.pop(answer["id"])) * 1000)
        if time.perf_counter() < until:
            await say()
    return delays


async def _hear(socket: ClientConnection) -> None:
    async for words in socket:
        if words == "{}":
            await socket.send("{}")


async def _enter(port: int, actor: Actor, talk: UUID, *, listens: bool) -> ClientConnection:
    socket = await connect(f"ws://127.0.0.1:{port}/connection/websocket", compression=None, proxy=None, ping_interval=None)
    await socket.send(json.dumps({"id": 1, "connect": {"token": tokens.issue(actor)[0]}}))
    await socket.recv()
    if listens:
        await socket.send(json.dumps({"id": 2, "subscribe": {"channel": f"chat:{talk}"}}))
        await socket.recv()
    return socket


if __name__ == "__main__":
    main()
