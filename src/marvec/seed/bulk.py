"""`--scale`: very many listings at once, by COPY, with the search's documents written in one set.

Triggers, foreign keys and secondary indexes of the tables are put aside within the one transaction and stand again at its end, checked;
what the triggers would have written row by row (the history of states, the search's documents) is written here in sets, the same.
"""

import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from common import clock, ids, regions
from common.db import as_owner
from marvec.listings import goods
from marvec.search import queries as search
from marvec.seed.moments import dice_of

Say = Callable[[str], None]
CHUNK = 20_000
PER_SHOP = 500
MOST_PER_OWNER = 18
TABLES = ("listings", "listing_stock", "search_documents", "state_history")
STOREFRONT = ("id", "owner_id", "slug", "name", "about", "kelurahan_code", "lat", "lon", "state", "machine", "moved_at", "moved_by",
              "moved_because", "version", "created_at")  # fmt: skip
LISTING = ("id", "storefront_id", "seller_id", "title", "description", "category", "unit", "price", "lead_minutes", "kelurahan_code", "lat",
           "lon", "state", "machine", "moved_at", "moved_by", "moved_because", "version", "created_at", "published_at")  # fmt: skip
HISTORY = """
INSERT INTO state_history (subject_id, seq, machine, from_state, to_state, moved_at, moved_by, moved_because)
SELECT l.id, s.seq, l.machine, s.from_state, s.to_state, l.moved_at, l.moved_by, ''
FROM listings l CROSS JOIN (VALUES (1, NULL, 'draft'), (2, 'draft', 'published')) AS s (seq, from_state, to_state) WHERE l.id >= $1
"""
DOCUMENTS = "INSERT INTO search_documents SELECT * FROM search_source WHERE listing_id >= $1"
SIDE = """
SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname) AS aside,
       'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid) AS back
FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY($1)
UNION ALL
SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid::regclass::text = ANY($1)
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""
WORDS = ("enak", "segar", "spesial", "asli", "rumahan", "hangat", "komplit", "kampung", "harian", "jumbo", "manis", "pedas", "gurih")


@dataclass(frozen=True)
class Shop:
    id: UUID
    owner_id: UUID
    place: regions.Kelurahan


async def copy_listings(many: int, say: Say) -> float:
    """Add `many` published listings in shops of the people who sell here already; returns rows a second, all tables counted.

    Raises LookupError when nobody sells here. One transaction: the market is closed meanwhile.
    """
    began = time.perf_counter()
    async with as_owner() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'")
        async with _put_aside(connection, say):
            rows = await _fill(connection, many, say)
    seconds = time.perf_counter() - began
    async with as_owner() as connection:
        await connection.execute(search.COUNT_WORDS, timeout=3600)
        await connection.execute("ANALYZE listings, listing_stock, search_documents, storefronts", timeout=3600)
    say(f"{many} listings, {rows} rows in {seconds:.1f} s: {rows / seconds:,.0f} rows/s, {many / seconds:,.0f} listings/s")
    return rows / seconds


async def _fill(connection: asyncpg.Connection, many: int, say: Say) -> int:
    dice, first = dice_of("scale", many), ids.uuid7()
    shops = await _shops(connection, max(1, many // PER_SHOP), dice)
    known, done = goods.all_goods(), 0
    sellable = [good for good in known if goods.credential_of(good) is None]
    for start in range(0, many, CHUNK):
        rows = list(_listings(dice, shops, sellable, range(start, min(many, start + CHUNK)), many))
        await connection.copy_records_to_table("listings", columns=LISTING, records=rows, timeout=600)
        stock = [(row[0], dice.choice((3, 8, 20, 60)), 0) for row in rows]
        await connection.copy_records_to_table("listing_stock", columns=("listing_id", "on_hand", "reserved"), records=stock, timeout=600)
        done += len(rows)
        say(f"{done} of {many} listings")
    say("history and search documents")
    await connection.execute(HISTORY, first, timeout=3600)
    await connection.execute(DOCUMENTS, first, timeout=3600)
    return len(shops) * 2 + many * 5


async def _shops(connection: asyncpg.Connection, many: int, dice: random.Random) -> list[Shop]:
    """New shops of the owners who are there, and their births in the history (storefronts keep their trigger)."""
    owners = [row["owner_id"] for row in await connection.fetch("SELECT DISTINCT owner_id FROM storefronts ORDER BY owner_id")]
    if not owners:
        raise LookupError("nobody sells here yet: seed the city first")
    begun = await connection.fetchval("SELECT count(*) FROM storefronts")
    many, now = min(many, len(owners) * MOST_PER_OWNER), clock.now()
    shops = [Shop(ids.uuid7(), owners[number % len(owners)], dice.choice(regions.all_kelurahan())) for number in range(many)]
    rows = [
        (one.id, one.owner_id, f"lapak-{begun + number}", f"Lapak {begun + number}", "Toko contoh: orang dan usahanya rekaan.",
         one.place.code, one.place.lat, one.place.lon, "open", "storefronts/1", now, one.owner_id, "", 1, now)
        for number, one in enumerate(shops)
    ]  # fmt: skip
    await connection.copy_records_to_table("storefronts", columns=STOREFRONT, records=rows, timeout=600)
    return shops


def _listings(dice: random.Random, shops: list[Shop], sold: list[goods.Good], numbers: range, many: int) -> Iterator[tuple[object, ...]]:
    """In the order of publishing, over the last year."""
    now = clock.now()
    for number in numbers:
        shop, good = shops[number % len(shops)], sold[int(dice.random() * len(sold))]
        price, at = max(500, int(good.price * (0.7 + dice.random() * 0.7)) // 100 * 100), _at(now, number, many)
        title = f"{good.name} {WORDS[int(dice.random() * len(WORDS))]} {number % 997}"
        yield (
            ids.uuid7(), shop.id, shop.owner_id, title, good.meaning, good.category, good.unit, price, good.lead_minutes, shop.place.code,
            shop.place.lat + dice.random() * 0.008 - 0.004, shop.place.lon + dice.random() * 0.008 - 0.004, "published", "listings/1", at,
            shop.owner_id, "", 1, at, at,
        )  # fmt: skip


def _at(now: datetime, number: int, many: int) -> datetime:
    return now - timedelta(days=365 * (1 - number / many))


@asynccontextmanager
async def _put_aside(connection: asyncpg.Connection, say: Say) -> AsyncIterator[None]:
    """The tables without triggers, foreign keys and secondary indexes."""
    rows = await connection.fetch(SIDE, list(TABLES))
    for table in TABLES:
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for row in rows:
        await connection.execute(row["aside"])
    yield
    say("indexes and constraints")
    for row in rows[::-1]:
        await connection.execute(row["back"], timeout=3600)
    for table in TABLES:
        await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
