"""A new listing among 100,000 standing queries: how long until the requests that it answers are found and told, against brute force.

    python -m tests.benchmarks.bench_matching [--queries 100000] [--samples 200]

Each sample keeps one new listing, finds the queries that it answers, writes the matches and tells buyers and sellers, in one transaction.
The oracle reads every query in Python and asks `answers`; recall is what was found of what it found.
"""

import argparse
import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from common import clock, regions
from common.actor import Actor
from common.db import close_database, open_database, unit_of_work
from marvec.listings import goods
from marvec.listings import service as selling
from marvec.listings.schemas import CreateListing
from marvec.matching import queries, service
from marvec.matching.answers import answers
from marvec.matching.models import OfferedGoods, StandingKind, StandingQuery
from marvec.search.canonical import terms_wanted
from marvec.storefronts.schemas import Place
from tests.benchmarks.city import scratch_city
from tests.benchmarks.figures import Figure, at
from tests.marvec import make

QUICK = ["--queries", "10000", "--samples", "20"]
KINDS_OF_PEOPLE = 20
WORDS = ["enak", "segar", "spesial", "asli", "rumahan", "hangat", "komplit", "jumbo", "pedas", "manis"]
"""Beside the name of the good: what makes a question particular."""


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--samples", type=int, default=200)
    asked = parser.parse_args(words)
    with scratch_city():
        return asyncio.run(bench(asked.queries, asked.samples))


async def bench(many: int, samples: int) -> list[Figure]:
    await open_database()
    people = [await make.member(f"Pembeli {number}") for number in range(KINDS_OF_PEOPLE)]
    standing = questions(many, people)
    await fill(standing)
    seller = await make.member("Penjual")
    listings = await publish(seller, samples)
    times, finding, found, expected, brute = [], [], 0, 0, 0.0
    for listing_id in listings:
        began = time.perf_counter()
        async with unit_of_work() as session:
            told = {match.standing_id for match in await service.find_for_listing(session, listing_id)}
        times.append(time.perf_counter() - began)
        async with unit_of_work() as session:
            item = await session.get_one(OfferedGoods, listing_id)
        held: Any = {"terms": item.terms, "price": item.price, "lat": item.lat, "lon": item.lon, "person_id": item.seller_id}
        began = time.perf_counter()
        async with unit_of_work() as session:
            await queries.queries_answered_by(session, [StandingKind.REQUEST, StandingKind.SEARCH], **held)
        finding.append(time.perf_counter() - began)
        began = time.perf_counter()
        right = {query.id for query in standing if answers(query, **held)}
        brute += time.perf_counter() - began
        found, expected = found + len(told & right), expected + len(right)
        assert told <= right
    await close_database()
    recall = found / expected if expected else 1.0
    print(f"{many} standing queries, {samples} listings, {expected / samples:.1f} matches each, recall {recall:.4f}")
    print(f"find: p50 {1000 * at(finding, 0.5):.1f} ms, p99 {1000 * at(finding, 0.99):.1f} ms")
    p50, p99, scan = 1000 * at(times, 0.5), 1000 * at(times, 0.99), 1000 * brute / samples
    print(f"find, write, tell: p50 {p50:.1f} ms, p99 {p99:.1f} ms; brute force {scan:.0f} ms")
    return [
        Figure("matching, recall", f"{recall:.4f}", "brute force", floor="1.0", falls_short=recall < 1),
        Figure("matching, find, write and tell, p99", f"{p99:.0f} ms", f"{scan:.0f} ms", p99 / scan, "<= 100 ms", p99 > 100),
    ]


def questions(many: int, people: list[Actor]) -> list[StandingQuery]:
    """As buyers would ask: a good, mostly with a word that narrows it, within 1 to 5 km of home, half of them up to a price."""
    chance, waiting, made = random.Random(5), Counter[str](), []
    for _ in range(many):
        good, place = chance.choice(goods.all_goods()), chance.choice(regions.all_kelurahan())
        what = f"{good.name} {' '.join(chance.sample(WORDS, chance.choice([0, 1, 1, 2])))}"
        terms = terms_wanted(what)
        anchor = min(terms, key=lambda term: (waiting[term], -len(term), term))
        waiting[anchor] += 1
        made.append(
            StandingQuery(
                kind=StandingKind.SEARCH, person_id=chance.choice(people).person_id, what=what, terms=terms, anchor=anchor,
                price_max=chance.choice([None, good.price]), lat=place.lat, lon=place.lon, radius_km=chance.uniform(1, 5),
            )
        )  # fmt: skip
    return made


async def publish(seller: Actor, samples: int) -> list[UUID]:
    """`samples` new listings of one shop, all over the city. Their own job has not run: the bench does its work."""
    chance, shop = random.Random(6), await make.shop(seller)
    free = [good for good in goods.all_goods() if goods.credential_of(good) is None]
    places = [place for place in regions.all_kelurahan() if place.kecamatan != "Kepulauan Sangkarrang"]
    async with unit_of_work() as session:
        made = []
        for good in (chance.choice(free) for _ in range(samples)):
            title = f"{good.name} {' '.join(chance.sample(WORDS, 2))}"
            price, place = int(good.price * chance.uniform(0.7, 1.3)), Place(kelurahan_code=chance.choice(places).code)
            wanted = CreateListing(
                storefront_id=shop.id, title=title, category="makanan", unit=good.unit, price=price, stock=9, place=place
            )
            listing = await selling.create_listing(session, seller, wanted)
            made.append((await selling.publish_listing(session, seller, listing.id)).id)
    return made


async def fill(standing: list[StandingQuery]) -> None:
    connection = await asyncpg.connect(os.environ["MARVEC_DATABASE_OWNER_URL"])
    columns = ["id", "kind", "person_id", "what", "terms", "anchor", "price_max", "lat", "lon", "radius_km", "is_open", "created_at"]
    rows = [[getattr(query, name) for name in columns[:-2]] + [True, clock.now()] for query in standing]
    await connection.copy_records_to_table("standing_queries", columns=columns, records=rows)
    await connection.execute("ANALYZE standing_queries")
    await connection.close()


if __name__ == "__main__":
    main()
