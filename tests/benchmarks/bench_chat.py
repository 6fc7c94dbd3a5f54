"""Durable chat sends through the socket, against pgbench with one commit a message, in one run on one durable database.

    python -m tests.benchmarks.bench_chat [--people 64] [--seconds 8] [--in-flight 4] [--rounds 3]

The yardstick does the same writing (the conversation's number, the message, an outbox row) with 8 clients over as many conversations.
Ours: `people` sockets, each in a conversation of its own with one other person who listens, each with `in-flight` calls of `chat.send`
under way; a send counts when its answer came, after COMMIT. Senders and listeners run in this process; their share of CPU is printed.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import asyncpg
import psutil
from websockets.asyncio.client import ClientConnection, connect

from common import ids
from common.actor import Actor
from common.db import close_database, open_database, unit_of_work
from common.embedded import binaries
from common.embedded.processes import free_port
from common.live import tokens
from marvec.chat import service
from tests.benchmarks.bench_fanout import _listening, process
from tests.benchmarks.bench_search import scratch_city

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--in-flight", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch_city(Path(folder)) as superuser_url:
        asyncio.run(bench(superuser_url, asked.people, asked.seconds, asked.in_flight, asked.rounds))


async def bench(superuser_url: str, people: int, seconds: int, in_flight: int, rounds: int) -> None:
    pairs = await furnish(superuser_url, people)
    port = free_port()
    web = ["-m", "marvec.cli", "web", "--port", str(port)]
    theirs, ours, shares, delays = [], [], [], []
    with process(web) as server:
        await _listening(port)
        for _ in range(rounds):
            theirs.append(await asyncio.to_thread(pgbench, people, seconds))
            await asyncio.sleep(0.5)
            rate, share, latencies = await send_all(server, port, pairs, seconds, in_flight)
            ours.append(rate)
            shares.append(share)
            delays += latencies
    yard, rate = statistics.median(theirs), statistics.median(ours)
    cuts = statistics.quantiles(delays, n=100)
    sys.stdout.write(f"pgbench, one commit a message   {yard:8,.0f}/s\n")
    sys.stdout.write(
        f"chat.send, answered             {rate:8,.0f}/s  ratio {rate / yard:.2f}  p50 {cuts[49]:.1f} ms  p99 {cuts[98]:.1f} ms"
    )
    sys.stdout.write(f"  (senders and listeners used {statistics.median(shares):.0%} of the CPU of both)\n")


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
    boss = await asyncpg.connect(superuser_url)
    await boss.execute("CREATE TABLE bench_places (place integer PRIMARY KEY, id uuid)")
    await boss.executemany("INSERT INTO bench_places VALUES ($1, $2)", [(place, talk) for place, (_, _, talk) in enumerate(pairs, start=1)])
    await boss.execute("GRANT SELECT ON bench_places TO marvec")
    await boss.close()
    return pairs


def pgbench(people: int, seconds: int) -> float:
    """Transactions a second of the yardstick."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(YARDSTICK)
        script.flush()
        program = binaries.postgres_bin(for_servant=False) / "pgbench"
        words = ["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(seconds), "-D", f"people={people}", "-f", script.name]
        said = subprocess.run([program, *words, os.environ["MARVEC_DATABASE_URL"]], capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


async def send_all(
    server: psutil.Process, port: int, pairs: list[tuple[Actor, Actor, UUID]], seconds: int, in_flight: int
) -> tuple[float, float, list[float]]:
    """Sends a second, our share of the CPU that we and the web process used, and the delays in milliseconds."""
    senders = [await _enter(port, one, talk, listens=False) for one, _, talk in pairs]
    listeners = [await _enter(port, other, talk, listens=True) for _, other, talk in pairs]
    hearing = [asyncio.create_task(_hear(one)) for one in listeners]
    me = psutil.Process()
    mine, its = sum(me.cpu_times()[:2]), sum(server.cpu_times()[:2])
    began = time.perf_counter()
    done = await asyncio.gather(*(_send(one, talk, began + seconds, in_flight) for one, (_, _, talk) in zip(senders, pairs, strict=True)))
    wall = time.perf_counter() - began
    mine, its = sum(me.cpu_times()[:2]) - mine, sum(server.cpu_times()[:2]) - its
    for task in hearing:
        task.cancel()
    await asyncio.gather(*(one.close() for one in senders + listeners), *hearing, return_exceptions=True)
    latencies = [delay for one in done for delay in one]
    return len(latencies) / wall, mine / (mine + its), latencies


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
