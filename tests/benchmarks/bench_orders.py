"""Accepted orders a second through HTTP, beside the same SQL in pgbench, in one run on one durable scratch database.

    python -m tests.benchmarks.bench_orders [--seconds 10] [--connections 16] [--web 2] [--followed]

Every order is whole: stock, group, order, line, history, timer in the outbox, payment intent; each its own commit, each with a bearer
token. `hot` is one listing for everybody.
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import psutil

from common import ids
from common.db import close_database, open_database, unit_of_work
from common.identity import service as people
from common.identity.schemas import GiveNik
from marvec.listings import service as selling
from marvec.listings.schemas import CreateListing
from marvec.orders.service.writing import _WRITE
from tests.benchmarks.city import pgbench, scratch_city, web_processes
from tests.benchmarks.figures import Figure, Meter, at, rate
from tests.benchmarks.wire import Wire
from tests.common.identity import make as identity
from tests.marvec import make

QUICK = ["--seconds", "2"]
FLOORS = {"spread": 0.15, "hot": 0.15}
LISTINGS, BUYERS, PRICE = 300, 40, 15_000


@dataclass(frozen=True)
class Market:
    """What is bought, the one hot item, and the headers of those who buy."""

    listings: list[UUID]
    hot: UUID
    buyers: list[str]


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    parser.add_argument("--followed", action="store_true", help="while `marvec backup archive` follows the database")
    asked = parser.parse_args(words)
    with scratch_city(followed=asked.followed):
        return asyncio.run(bench(asked.seconds, asked.connections, asked.web))


async def bench(seconds: int, connections: int, web: int) -> list[Figure]:
    market, figures = await fill(), []
    with web_processes(web) as (ports, processes):
        for case, listings in (("spread", market.listings), ("hot", [market.hot])):
            yardstick = await pgbench(as_script(listings), seconds)
            client = Client(ports, processes, market.buyers, listings)
            await client.run(2, connections)
            ours = await client.run(seconds, connections)
            times = f"p50 {at(client.times, 0.5):.1f} ms, p99 {at(client.times, 0.99):.1f} ms"
            print(f"{case:8} pgbench {yardstick:,.0f}/s, HTTP {ours:,.0f}/s, {times}, client's CPU {client.share:.0%}")
            figures.append(rate(f"orders, {case}, through HTTP", ours, yardstick, FLOORS[case], client.share))
        return [*figures, await sell_out(ports, processes, market)]


async def fill() -> Market:
    await open_database()
    listings = []
    seller = await make.member("Penjual")
    shop = await make.shop(seller)
    async with unit_of_work() as session:
        await people.give_nik(session, seller, GiveNik(nik="7371014508900003"))  # so much is sold only by who is known
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
        "orders": order, "lines": line, "timers": timer, "now": "now()", "pay_by": "now() + interval '15 minutes'", "total": "15000",
        "machine": "'orders/2'", "state": "'placed'::text", "job": "'orders.time_out'", "client_key": "CAST(:group_id AS text)",
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
    """Keep-alive connections; each sends the next order when the last is answered."""

    def __init__(self, ports: list[int], processes: list[psutil.Process], buyers: list[str], listings: list[UUID]) -> None:
        self.ports, self.processes, self.buyers, self.listings = ports, processes, buyers, listings
        self.times: list[float] = []
        self.statuses: dict[int, int] = {}
        self.share = 0.0

    async def run(self, seconds: float, connections: int) -> float:
        """Orders a second; milliseconds, statuses and our share of the CPU are kept."""
        self.times, self.statuses = [], {}
        meter, began = Meter(self.processes), time.perf_counter()
        await asyncio.gather(*(self._buy(number, began + seconds) for number in range(connections)))
        self.share = meter.share()
        return self.statuses.get(201, 0) / (time.perf_counter() - began)

    async def _buy(self, number: int, until: float) -> None:
        chance, wire = random.Random(number), await Wire.open(self.ports[number % len(self.ports)])
        first = number % len(self.buyers)
        for buyer in itertools.cycle(self.buyers[first:] + self.buyers[:first]):
            if (began := time.perf_counter()) >= until:
                break
            lines = [{"listing_id": chance.choice(self.listings), "quantity": 1, "unit_price": PRICE}]
            status, _, body = await wire.ask("POST", "/api/v1/orders", {"lines": lines, "client_key": str(ids.uuid7())}, buyer)
            assert status in (201, 409), body
            self.times.append(1000 * (time.perf_counter() - began))
            self.statuses[status] = self.statuses.get(status, 0) + 1
        wire.close()


async def sell_out(ports: list[int], processes: list[psutil.Process], market: Market) -> Figure:
    """A hundred buyers at once on the last 70 pieces of the hot item: sold is stock."""
    boss = await asyncpg.connect(os.environ["MARVEC_DATABASE_URL"])
    await boss.execute("UPDATE listing_stock SET on_hand = reserved + 70 WHERE listing_id = $1", market.hot)
    client = Client(ports, processes, market.buyers, [market.hot])
    await client.run(2, 100)
    left = await boss.fetchval("SELECT on_hand - reserved FROM listing_stock WHERE listing_id = $1", market.hot)
    await boss.close()
    sold, refused = client.statuses.get(201, 0), client.statuses.get(409, 0)
    print(f"sell-out: 70 pieces, {sold} sold, {left} left, {refused} refused")
    return Figure(
        "one hot item, 100 buyers at once",
        f"{sold} sold, {left} left",
        "70 pieces",
        floor="no oversell",
        falls_short=(sold, left) != (70, 0),
    )


if __name__ == "__main__":
    main()
