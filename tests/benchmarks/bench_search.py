"""Search over HTTP against the same SQL on a held connection, in one run on one scratch database.

    python -m tests.benchmarks.bench_search [--listings 200000] [--samples 400] [--explain]

One client asks one question at a time, so the figures are latencies, not throughput; raw and HTTP take turns on the same question.
The client's own share of the CPU is printed: it runs on the same cores.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import psutil
from alembic import command
from alembic.config import Config

from common import clock, ids, regions
from common.embedded.postgres import Postgres
from common.embedded.processes import free_port
from common.embedded.valkey import Valkey
from common.settings import get_settings
from marvec.listings import goods
from marvec.search import asking, queries

ROOT = Path(__file__).resolve().parents[2]
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listings", type=int, default=200_000)
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--explain", action="store_true", help="print the plan of each question")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch_city(Path(folder)) as superuser_url:
        asyncio.run(bench(superuser_url, asked.listings, asked.samples, explain=asked.explain))


@contextmanager
def scratch_city(folder: Path) -> Iterator[str]:
    """A durable database and a Valkey of their own, migrated, named in the environment; yields the superuser's address."""
    with Postgres(folder / "postgres") as postgres, Valkey(folder / "valkey") as valkey:
        os.environ |= {"MARVEC_DATABASE_URL": postgres.url, "MARVEC_REDIS_URL": valkey.url, "MARVEC_DATA_DIR": str(folder)}
        get_settings.cache_clear()
        config = Config()
        config.set_main_option("script_location", str(ROOT / "migrations"))
        command.upgrade(config, "head")
        yield postgres.superuser_url


async def bench(superuser_url: str, listings: int, samples: int, *, explain: bool) -> None:
    boss = await asyncpg.connect(superuser_url)
    began = time.perf_counter()
    await fill(boss, listings)
    print(f"{listings} listings in {time.perf_counter() - began:.1f} s")
    raw = await asyncpg.connect(os.environ["MARVEC_DATABASE_URL"])
    async with a_server() as (server, ask):
        print(
            f"{'question':16} {'hits':>5} {'raw p50':>8} {'raw p99':>8} {'http p50':>9} {'http p99':>9} {'p99 +ms':>8} {'client CPU':>10}"
        )
        for case in CASES:
            if explain:
                await show_plan(raw, case)
            await measure(raw, server, ask, case, samples)
    await raw.close()
    await boss.close()


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
    await (await raw.prepare(sql)).fetch(*args) if "q" in asked else await raw.fetch(sql, *args)
    return time.perf_counter() - began


async def measure(
    raw: asyncpg.Connection, server: psutil.Process, ask: Callable[[Question], Awaitable[bytes]], case: str, samples: int
) -> None:
    chance, me = random.Random(case), psutil.Process()
    times: dict[str, list[float]] = {"raw": [], "http": []}
    for asked in [question(case, chance) for _ in range(20)]:
        await run_raw(raw, asked)
        answer = await ask(asked)
    before = _cpu(me), _cpu(server), time.perf_counter()
    for number in range(samples):
        asked = question(case, chance)
        for which in ("raw", "http") if number % 2 else ("http", "raw"):
            began = time.perf_counter()
            times[which].append(await run_raw(raw, asked) if which == "raw" else await _timed(ask, asked, began))
    spent = time.perf_counter() - before[2]
    share = (_cpu(me) - before[0]) / spent / (os.cpu_count() or 1)
    raw_p50, raw_p99, http_p50, http_p99 = (1000 * at(times[which], share) for which in ("raw", "http") for share in (0.5, 0.99))
    hits = answer.count(b'"title"')
    print(f"{case:16} {hits:5} {raw_p50:8.2f} {raw_p99:8.2f} {http_p50:9.2f} {http_p99:9.2f} {http_p99 - raw_p99:8.2f} {share:9.0%}")


async def _timed(ask: Callable[[Question], Awaitable[bytes]], asked: Question, began: float) -> float:
    await ask(asked)
    return time.perf_counter() - began


def at(times: list[float], share: float) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[round(share * 100) - 1]


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


async def show_plan(raw: asyncpg.Connection, case: str) -> None:
    sql, args = queries.statement(asking.asked(question(case, random.Random(1))), None, LIMIT + 1)
    for row in await raw.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", *args):
        print("   ", row[0])


@asynccontextmanager
async def a_server() -> AsyncIterator[tuple[psutil.Process, Callable[[Question], Awaitable[bytes]]]]:
    """The whole application in a process of its own, and one keep-alive connection to it without a client library's cost."""
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", "marvec.app:create_app", "--factory", "--port", str(port), "--log-level", "error",
        "--no-access-log",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MARVEC_LOG_LEVEL": "ERROR"}, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    reader, writer = await _connect(port)

    async def ask(asked: Question) -> bytes:
        writer.write(f"GET /api/v1/search?{urlencode(asked)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return await reader.readexactly(length)

    try:
        yield psutil.Process(server.pid), ask
    finally:
        writer.close()
        server.terminate()
        await server.wait()


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(300):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("the server does not start")


if __name__ == "__main__":
    main()
