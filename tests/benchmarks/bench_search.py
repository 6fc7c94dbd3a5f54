"""Search over HTTP against the same SQL on a held connection, in one run on one scratch database.

    python -m tests.benchmarks.bench_search [--listings 200000] [--samples 400] [--explain]

One client asks one question at a time, so the figures are latencies, not throughput; raw and HTTP take turns on the same question.
The client's own share of the CPU is printed: it runs on the same cores.
"""

import argparse
import asyncio
import os
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

import asyncpg
import psutil

from common import clock, ids, regions
from marvec.listings import goods
from marvec.search import asking, queries
from tests.benchmarks.city import scratch_city, web_processes
from tests.benchmarks.figures import Figure, Meter, at
from tests.benchmarks.wire import Wire

QUICK = ["--listings", "20000", "--samples", "100"]
LIMIT = 24
SHOPS = 2_000
BRANDS = 20_000
"""Made-up words, so that a rare term has about ten hits at 200,000 listings."""
ADJECTIVES = [
    "enak",
    "segar",
    "spesial",
    "asli",
    "Makassar",
    "rumahan",
    "murah",
    "hangat",
    "komplit",
    "premium",
    "kampung",
    "harian",
    "jumbo",
    "manis",
    "pedas",
    "gurih",
]
CASES = ("rare", "broad", "category_newest", "nearest", "cheapest", "broad_newest", "two_words")
Question = dict[str, str]


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listings", type=int, default=200_000)
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--explain", action="store_true", help="print the plan of each question")
    asked = parser.parse_args(words)
    with scratch_city() as superuser_url:
        return asyncio.run(bench(superuser_url, asked.listings, asked.samples, explain=asked.explain))


async def bench(superuser_url: str, listings: int, samples: int, *, explain: bool) -> list[Figure]:
    boss = await asyncpg.connect(superuser_url)
    began = time.perf_counter()
    await fill(boss, listings)
    print(f"{listings} listings in {time.perf_counter() - began:.1f} s")
    raw, figures = await asyncpg.connect(os.environ["MARVEC_DATABASE_URL"]), []
    with web_processes() as ((port,), (server,)):
        wire = await Wire.open(port)
        for case in CASES:
            if explain:
                await show_plan(raw, case)
            figures.append(await measure(raw, server, wire, case, samples))
    await raw.close()
    await boss.close()
    return figures


async def fill(boss: asyncpg.Connection, many: int) -> None:
    """COPY with triggers off, then all documents in one statement: what the triggers would have written, one by one."""
    chance, now, people = random.Random(7), clock.now(), ids.uuid7()
    places = regions.all_kelurahan()
    await boss.execute("SET session_replication_role = replica")
    shops = [(ids.uuid7(), people, f"toko-{n}", f"Toko {n}", chance.choice(places)) for n in range(SHOPS)]
    await boss.copy_records_to_table(
        "storefronts",
        columns=["id", "owner_id", "slug", "name", "about", "kelurahan_code", "lat", "lon", "state", "machine", "moved_at", "moved_because",
                 "version", "created_at"],
        records=[(i, o, s, n, "", p.code, p.lat, p.lon, "open", "storefronts/1", now, "", 1, now) for i, o, s, n, p in shops],
    )  # fmt: skip
    rows = [_listing(chance, *chance.choice(shops)[:5:4], people, number, many) for number in range(many)]
    await boss.copy_records_to_table(
        "listings",
        columns=["id", "storefront_id", "seller_id", "title", "description", "category", "unit", "price", "lead_minutes", "kelurahan_code",
                 "lat", "lon", "state", "machine", "moved_at", "moved_because", "version", "created_at", "published_at"],
        records=rows,
    )  # fmt: skip
    await boss.copy_records_to_table(
        "listing_stock", columns=["listing_id", "on_hand", "reserved"], records=[(row[0], 9, 2) for row in rows]
    )
    await boss.execute("SET session_replication_role = DEFAULT")
    await boss.execute("INSERT INTO search_documents SELECT * FROM search_source", timeout=600)
    await boss.execute(queries.COUNT_WORDS, timeout=600)
    await boss.execute("VACUUM ANALYZE")


def _listing(chance: random.Random, shop: object, place: regions.Kelurahan, people: object, number: int, many: int) -> tuple[object, ...]:
    good = chance.choice(goods.all_goods())
    title = f"{good.name} {chance.choice(ADJECTIVES)} {_brand(chance.randrange(BRANDS))}"
    published = clock.now() - timedelta(days=540 * (1 - number / many))  # written in the order of publishing, over a year and a half
    return (
        ids.uuid7(), shop, people, title, good.meaning, good.category, good.unit, int(good.price * chance.uniform(0.7, 1.4)) // 100 * 100,
        good.lead_minutes, place.code, place.lat + chance.gauss(0, 0.004), place.lon + chance.gauss(0, 0.004), "published", "listings/1",
        clock.now(), "", 1, published, published,
    )  # fmt: skip


def _brand(number: int) -> str:
    """A word of three syllables for each number."""
    syllables = [f"{c}{v}" for c in "bdghjklmnprstwy" for v in "aiueo"]
    return "x" + "".join(syllables[number // 75**power % 75] for power in range(3))


def question(case: str, chance: random.Random) -> Question:
    category = chance.choice(["makanan", "kue", "ikan", "tani", "fashion"])
    place = chance.choice(regions.all_kelurahan())
    return {
        "rare": {"q": _brand(chance.randrange(BRANDS))},
        "broad": {"q": chance.choice(["makassar", "ikan", "segar", "kue"])},
        "category_newest": {"category": category, "sort": "newest"},
        "nearest": {"near": f"{place.lat + chance.gauss(0, 0.01):.4f},{place.lon + chance.gauss(0, 0.01):.4f}", "sort": "nearest"},
        "cheapest": {"category": category, "sort": "cheapest", "min": str(chance.randrange(5, 40) * 1000)},
        "broad_newest": {"q": chance.choice(["makassar", "ikan", "segar", "kue"]), "sort": "newest"},
        "two_words": {"q": chance.choice(["coto spesial", "ikan segar", "songkolo murah", "kopi toraja premium"])},
    }[case]


async def run_raw(raw: asyncpg.Connection, asked: Question) -> float:
    sql, args = queries.statement(asking.asked(asked), None, LIMIT + 1)
    began = time.perf_counter()
    await queries.ask_anew(raw, sql, args) if "q" in asked else await raw.fetch(sql, *args)
    return time.perf_counter() - began


async def measure(raw: asyncpg.Connection, server: psutil.Process, wire: Wire, case: str, samples: int) -> Figure:
    chance = random.Random(case)
    times: dict[str, list[float]] = {"raw": [], "http": []}
    for asked in [question(case, chance) for _ in range(20)]:
        await run_raw(raw, asked)
        answer = await ask(wire, asked)
    meter = Meter([server])
    for number in range(samples):
        asked = question(case, chance)
        for which in ("raw", "http") if number % 2 else ("http", "raw"):
            began = time.perf_counter()
            times[which].append(await run_raw(raw, asked) if which == "raw" else await timed(wire, asked, began))
    client = meter.share()
    raw_p50, raw_p99, http_p50, http_p99 = (1000 * at(times[which], share) for which in ("raw", "http") for share in (0.5, 0.99))
    hits = answer.count(b'"title"')
    print(f"{case:16} {hits:3} hits, p50 raw {raw_p50:6.2f} http {http_p50:6.2f}, p99 raw {raw_p99:6.2f} http {http_p99:6.2f} ms")
    what = f"search, {case.replace('_', ' ')}, p99"
    return Figure(what, f"{http_p99:.1f} ms", f"{raw_p99:.1f} ms", http_p99 / raw_p99, "<= raw + 5 ms", http_p99 - raw_p99 > 5, client)


async def ask(wire: Wire, asked: Question) -> bytes:
    status, _, body = await wire.ask("GET", f"/api/v1/search?{urlencode(asked)}")
    assert status == 200, body
    return body


async def timed(wire: Wire, asked: Question, began: float) -> float:
    await ask(wire, asked)
    return time.perf_counter() - began


async def show_plan(raw: asyncpg.Connection, case: str) -> None:
    sql, args = queries.statement(asking.asked(question(case, random.Random(1))), None, LIMIT + 1)
    for row in await raw.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", *args):
        print("   ", row[0])


if __name__ == "__main__":
    main()
