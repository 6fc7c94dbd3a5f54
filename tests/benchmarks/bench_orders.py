"""Accepted orders a second through HTTP, beside the same SQL in pgbench, in one run on one durable scratch database.

    python -m tests.benchmarks.bench_orders [--seconds 10] [--connections 16] [--web 2]

Every order is whole: stock, group, order, line, history, timer in the outbox, payment intent; each its own commit, each with a bearer
token. `hot` is one listing for everybody. The shares of the CPU are printed: client, web and database run on the same cores.
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import psutil

from common import ids
from common.db import close_database, open_database, unit_of_work
from common.embedded import binaries
from common.embedded.processes import free_port
from marvec.listings import service as selling
from marvec.listings.schemas import CreateListing
from marvec.orders.service.writing import _WRITE
from tests.benchmarks.bench_search import scratch_city
from tests.common.identity import make as identity
from tests.marvec import make

LISTINGS, BUYERS, PRICE = 300, 40, 15_000


@dataclass(frozen=True)
class Market:
    """What is bought, the one hot item, and the headers of those who buy."""

    listings: list[UUID]
    hot: UUID
    buyers: list[str]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch_city(Path(folder)) as superuser_url:
        asyncio.run(bench(superuser_url, asked.seconds, asked.connections, asked.web))


async def bench(superuser_url: str, seconds: int, connections: int, web: int) -> None:
    market = await fill()
    boss = await asyncpg.connect(superuser_url)
    print(f"{'case':8} {'pgbench/s':>10} {'http/s':>8} {'ratio':>6} {'p50 ms':>7} {'p99 ms':>7}  CPU: client, web, rest")
    async with servers(web) as (ports, processes):
        for case, listings in (("spread", market.listings), ("hot", [market.hot])):
            yardstick = await asyncio.to_thread(pgbench, listings, seconds)
            await boss.execute("CHECKPOINT")  # so that nobody pays for what the other has written
            client = Client(ports, processes, market.buyers, listings)
            await client.run(2, connections)
            figures = await client.run(seconds, connections)
            times = f"{figures['p50']:7.1f} {figures['p99']:7.1f}"
            print(f"{case:8} {yardstick:10.0f} {figures['rate']:8.0f} {figures['rate'] / yardstick:6.2f} {times}  {figures['cpu']}")
        await sell_out(boss, ports, processes, market)
    await boss.close()


async def fill() -> Market:
    await open_database()
    listings = []
    seller = await make.member("Penjual")
    shop = await make.shop(seller)
    async with unit_of_work() as session:
        for number in range(LISTINGS + 1):
            wanted = CreateListing(
                storefront_id=shop.id, title=f"Songkolo {number}", category="makanan", unit="porsi", price=PRICE, stock=1_000_000
            )
            made = await selling.create_listing(session, seller, wanted)
            await selling.publish_listing(session, seller, made.id)
            listings.append(made.id)
        buyers = [await identity.bearer(session, await identity.person(session), "orders:write") for _ in range(BUYERS)]
    await close_database()
    return Market(listings[1:], listings[0], [next(f"{k}: {v}" for k, v in headers.items()) for headers in buyers])


def pgbench(listings: list[UUID], seconds: int) -> float:
    """The reading of the goods and the writing of the group, 8 clients, one commit an order; -> transactions a second."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "order.sql"
        script.write_text(as_script(listings))
        words = ["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(seconds), "-f", str(script), os.environ["MARVEC_DATABASE_URL"]]
        program = binaries.postgres_bin(for_servant=False) / "pgbench"
        said = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", said.stdout)
    assert found, said.stderr
    return float(found[1])


def as_script(listings: list[UUID]) -> str:
    """pgbench's variables are written as SQLAlchemy's: the statement is taken from the service itself."""
    write = str(_WRITE.text).replace("\\:", ":")
    order = (
        "jsonb_build_array(jsonb_build_object('id', CAST(:order_id AS text), 'reference', CAST(:order_id AS text), 'buyer_id',"
        " CAST(:buyer_id AS text), 'seller_id', CAST(:seller_id AS text), 'storefront_id', CAST(:storefront_id AS text), 'total', 15000,"
        " 'commission', 375, 'handover', 'pickup', 'address', '', 'kelurahan_code', '', 'note', ''))"
    )
    line = (
        "jsonb_build_array(jsonb_build_object('id', CAST(:line_id AS text), 'order_id', CAST(:order_id AS text), 'listing_id',"
        " CAST(:lid AS text), 'title', 'Songkolo', 'unit', 'porsi', 'quantity', 1, 'unit_price', 15000, 'commission_bps', 250,"
        " 'commission_base', 15000, 'commission', 375))"
    )
    timer = "jsonb_build_array(jsonb_build_object('id', CAST(:timer_id AS text), 'order_id', CAST(:order_id AS text)))"
    values = {
        "orders": order, "lines": line, "timers": timer, "now": "now()", "expires_at": "now() + interval '15 minutes'", "total": "15000",
        "machine": "'orders/1'", "state": "'placed'::text", "job": "'orders.time_out'", "client_key": "CAST(:group_id AS text)",
        "id": "CAST(:group_id AS uuid)", "intent_id": "CAST(:intent_id AS uuid)", "buyer_id": "CAST(:buyer_id AS uuid)",
        "listing_ids": "ARRAY[CAST(:lid AS uuid)]", "pieces": "ARRAY[1]",
    }  # fmt: skip
    write = re.sub(r"(?<!:):([a-z_]+)\b", lambda found: values[found[1]], write)
    named = ", ".join(f"gen_random_uuid() AS {name}" for name in ("order_id", "buyer_id", "line_id", "timer_id", "group_id", "intent_id"))
    chosen = " ".join(f"WHEN {number} THEN CAST('{listing_id}' AS uuid)" for number, listing_id in enumerate(listings[:50]))
    return f"""\\set n random(0, {min(len(listings), 50) - 1})
BEGIN;
SELECT l.id AS lid, l.seller_id, l.storefront_id, l.title AS t, l.unit AS u, l.price AS p, {named}
FROM listings l WHERE l.id = CASE CAST(:n AS integer) {chosen} END AND l.state = 'published'
AND EXISTS (SELECT FROM storefronts s WHERE s.id = l.storefront_id AND s.state = 'open') \\gset
{write.strip()};
COMMIT;
"""


class Client:
    """Keep-alive connections without a client library's cost; each sends the next order when the last is answered."""

    def __init__(self, ports: list[int], processes: list[psutil.Process], buyers: list[str], listings: list[UUID]) -> None:
        self.ports, self.processes, self.buyers, self.listings = ports, processes, buyers, listings
        self.times: list[float] = []
        self.statuses: dict[int, int] = {}

    async def run(self, seconds: float, connections: int) -> dict[str, Any]:
        self.times, self.statuses = [], {}
        me, began = psutil.Process(), time.perf_counter()
        before = _cpu(me), sum(map(_cpu, self.processes)), sum(psutil.cpu_times()[:3:2]) + psutil.cpu_times().nice
        until = began + seconds
        await asyncio.gather(*(self._buy(number, until) for number in range(connections)))
        spent = time.perf_counter() - began
        cores = os.cpu_count() or 1
        client, web = _cpu(me) - before[0], sum(map(_cpu, self.processes)) - before[1]
        every = sum(psutil.cpu_times()[:3:2]) + psutil.cpu_times().nice - before[2]
        shares = [f"{one / spent / cores:.0%}" for one in (client, web, every - client - web)]
        ordered = sorted(self.times) or [0.0]
        return {
            "rate": self.statuses.get(201, 0) / spent,
            "p50": 1000 * ordered[len(ordered) // 2],
            "p99": 1000 * ordered[int(len(ordered) * 0.99)],
            "cpu": ", ".join(shares),
        }

    async def _buy(self, number: int, until: float) -> None:
        chance = random.Random(number)
        reader, writer = await connect(self.ports[number % len(self.ports)])
        for buyer in itertools.cycle(self.buyers[number % len(self.buyers) :] + self.buyers[: number % len(self.buyers)]):
            if time.perf_counter() >= until:
                break
            began = time.perf_counter()
            status = await order(reader, writer, buyer, chance.choice(self.listings))
            self.times.append(time.perf_counter() - began)
            self.statuses[status] = self.statuses.get(status, 0) + 1
        writer.close()


async def order(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, buyer: str, listing_id: UUID) -> int:
    body = msgspec.json.encode({"lines": [{"listing_id": listing_id, "quantity": 1, "unit_price": PRICE}], "client_key": str(ids.uuid7())})
    head = ["POST /api/v1/orders HTTP/1.1", "Host: x", buyer, "Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
    writer.write("\r\n".join(head).encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = next(int(found[15:]) for found in answer.lower().split(b"\r\n") if found.startswith(b"content-length:"))
    text = await reader.readexactly(length)
    status = int(answer[9:12])
    assert status in (201, 409), (answer, text)
    return status


async def sell_out(boss: asyncpg.Connection, ports: list[int], processes: list[psutil.Process], market: Market) -> None:
    """A hundred buyers at once on the last 70 pieces of the hot item: sold is stock."""
    await boss.execute("UPDATE listing_stock SET on_hand = reserved + 70 WHERE listing_id = $1", market.hot)
    client = Client(ports, processes, market.buyers, [market.hot])
    await client.run(2, 100)
    left = await boss.fetchval("SELECT on_hand - reserved FROM listing_stock WHERE listing_id = $1", market.hot)
    print(f"sell-out: 70 pieces, {client.statuses.get(201, 0)} sold, {left} left, {client.statuses.get(409, 0)} refused")
    assert (client.statuses.get(201, 0), left) == (70, 0)


@asynccontextmanager
async def servers(count: int) -> AsyncIterator[tuple[list[int], list[psutil.Process]]]:
    """The whole application, `count` processes, each on a port of its own."""
    ports, running = [free_port() for _ in range(count)], []
    for port in ports:
        words = ["marvec.app:create_app", "--factory", "--port", str(port), "--log-level", "error", "--no-access-log"]
        running.append(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "uvicorn",
                *words,
                stdout=asyncio.subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MARVEC_LOG_LEVEL": "ERROR"},
            )
        )
    try:
        for port in ports:
            (await connect(port))[1].close()
        yield ports, [psutil.Process(process.pid) for process in running]
    finally:
        for process in running:
            process.terminate()
            await process.wait()


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(300):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("the server does not start")


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


if __name__ == "__main__":
    main()
