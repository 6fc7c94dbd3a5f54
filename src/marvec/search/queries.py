"""A query as SQL over `search_documents d`, for asyncpg. Every value is a bound parameter.

Statements on words are prepared anew each time, so that the planner sees the word: a rare one and a common one need different plans, and a
cached statement would be given one plan for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Text, literal_column
from sqlalchemy.dialects import postgresql

from common import clock
from marvec.listings import queries as listings
from marvec.search import plane
from marvec.search.schemas import SearchQuery, Sort
from marvec.search.synonyms import Terms, terms_of

MOST_CANDIDATES = 2_000
"""Hits that are ranked or counted. Ranking every hit of a common word took 215 ms at 200,000 listings, 2,000 of them 22 ms."""
WEIGHT_OF_NEIGHBOURS = 0.3
COLUMNS = """d.listing_id, d.title, d.price, d.unit, d.category, d.kelurahan_code, d.shop_slug, d.shop_name, d.picture_id, d.published_at,
    coalesce(s.on_hand - s.reserved, 0) AS stock, coalesce(r.reviews, 0) AS reviews, coalesce(r.stars, 0) AS stars"""
BESIDE = """LEFT JOIN listing_stock s ON s.listing_id = d.listing_id
    LEFT JOIN storefront_ratings r ON r.storefront_id = d.storefront_id"""
"""What changes too often to stand in the document: read for the rows of the page alone."""
ORDERS = {Sort.NEWEST: ("d.published_at", "DESC", "<"), Sort.CHEAPEST: ("d.price", "ASC", ">"), Sort.NEAREST: ("", "ASC", ">")}


@dataclass
class Binds:
    """Parameters of one statement, numbered as they come."""

    args: list[Any] = field(default_factory=list)

    def add(self, value: Any, kind: str = "") -> str:
        self.args.append(value)
        return f"${len(self.args)}{f'::{kind}' if kind else ''}"


def clause_of(query: SearchQuery, binds: Binds) -> str:
    """A condition over `search_documents d` that holds for the listings which answer `query`; its values go into `binds`.

    Documents exist only for published listings of open shops, so this also holds back what may not be shown.
    """
    terms = terms_of(query.text)
    area, centre = query.area, query.centre
    parts = [
        f"d.tsv @@ to_tsquery('indonesian', {binds.add(terms.noun if query.partly else terms.broad)})" if terms else "",
        f"d.category = {binds.add(query.category)}" if query.category else "",
        f"d.price >= {binds.add(query.min_price)}" if query.min_price is not None else "",
        f"d.price <= {binds.add(query.max_price)}" if query.max_price is not None else "",
        f"d.kelurahan_code = ANY ({binds.add(list(area.codes))})" if area and query.radius_km is None else "",
        f"d.place <@ circle({binds.add(plane.point(*centre), 'point')}, {binds.add(query.radius_km, 'float8')})"
        if centre and query.radius_km is not None
        else "",
        credential_in_force(),
    ]
    return " AND ".join(part for part in parts if part) or "true"


def credential_in_force() -> str:
    """Condition over `d`: no credential is needed, or the seller's is in force at this moment (not when the document was written)."""
    return _credential_in_force(clock.today())


@lru_cache(maxsize=2)
def _credential_in_force(_: date) -> str:
    """The listings' own clause, written out: it holds today's date, so it is made once a day."""
    needed, seller, shop = (literal_column(f"d.{name}", Text) for name in ("needs_credential", "seller_id", "storefront_id"))
    clause = listings.credential_in_force(needed, seller, shop)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it without annotations
    return f"({clause.compile(dialect=dialect, compile_kwargs={'literal_binds': True})})"


async def fetch(connection: asyncpg.Connection, query: SearchQuery, after: Sequence[Any] | None, limit: int) -> list[asyncpg.Record]:
    """The next `limit` rows after `after`, the last row's `key` and `listing_id`; their columns are COLUMNS, `key`, `distance_km`."""
    sql, args = statement(query, after, limit)
    if not query.text:
        return list(await connection.fetch(sql, *args))
    return await ask_anew(connection, sql, args)


async def ask_anew(connection: asyncpg.Connection, sql: str, args: Sequence[Any]) -> list[asyncpg.Record]:
    """Planned for these very values. Without a name, since to close a named statement is a round trip of its own, paid by the next."""
    return list(await (await connection.prepare(sql, name="")).fetch(*args))


def statement(query: SearchQuery, after: Sequence[Any] | None, limit: int) -> tuple[str, list[Any]]:
    """The SQL of a page and its parameters."""
    terms = terms_of(query.text)
    if query.order == Sort.RELEVANCE and terms is not None:
        return _by_relevance(query, terms, after, limit)
    return _by_column(query, after, limit)


def _by_column(query: SearchQuery, after: Sequence[Any] | None, limit: int) -> tuple[str, list[Any]]:
    binds = Binds()
    where = clause_of(query, binds)
    distance = _distance(query, binds)
    column, direction, beyond = ORDERS.get(query.order, ORDERS[Sort.NEWEST])
    column = column or distance
    page = f"AND ({column}, d.listing_id) {beyond} ({binds.add(after[0])}, {binds.add(after[1])})" if after else ""
    sql = f"""
        SELECT {COLUMNS}, d.key, d.distance_km FROM (
            SELECT d.*, {column} AS key, {distance} AS distance_km FROM search_documents d WHERE {where} {page}
            ORDER BY {column} {direction}, d.listing_id {direction} LIMIT {binds.add(limit)}) d {BESIDE}
        ORDER BY d.key {direction}, d.listing_id {direction}"""  # noqa: S608  values are bound, the rest is ours
    return sql, binds.args


def _by_relevance(query: SearchQuery, terms: Terms, after: Sequence[Any] | None, limit: int) -> tuple[str, list[Any]]:
    """Candidates are hits of the last three months, filled up with older ones: an index yields hits in the order they were written, and
    without this a common word would rank the city's oldest listings only.
    """
    binds = Binds()
    where = clause_of(query, binds)
    recent = f"d.tsv @@ {binds.add(_recent_months(clock.today()), 'text')}::tsquery"
    page = f"WHERE (c.key, c.listing_id) < ({binds.add(after[0], 'float8')}, {binds.add(after[1])})" if after else ""
    sql = f"""
        WITH hits AS (
            (SELECT d.listing_id, d.tsv FROM search_documents d WHERE {where} AND {recent} LIMIT {MOST_CANDIDATES})
            UNION ALL
            (SELECT d.listing_id, d.tsv FROM search_documents d WHERE {where} AND NOT {recent} LIMIT {MOST_CANDIDATES})
            LIMIT {MOST_CANDIDATES}),
        candidates AS MATERIALIZED (
            SELECT h.listing_id, {_rank(terms, binds, partly=query.partly)} AS key FROM hits h),
        best AS (SELECT * FROM candidates c {page} ORDER BY c.key DESC, c.listing_id DESC LIMIT {binds.add(limit)})
        SELECT {COLUMNS}, best.key, {_distance(query, binds)} AS distance_km
        FROM best JOIN search_documents d ON d.listing_id = best.listing_id {BESIDE}
        ORDER BY best.key DESC, best.listing_id DESC"""  # noqa: S608  values are bound, the rest is ours
    return sql, binds.args


def _rank(terms: Terms, binds: Binds, *, partly: bool) -> str:
    """Ranking is what a common word costs, so words without neighbours are ranked once. Partial fits are ranked by how much of it fits."""
    if partly:
        return f"ts_rank(h.tsv, to_tsquery('indonesian', {binds.add(terms.any)}))::float8"
    strong = f"ts_rank(h.tsv, to_tsquery('indonesian', {binds.add(terms.strong)}))::float8"
    if terms.strong == terms.broad:
        return strong
    return f"({strong} + {WEIGHT_OF_NEIGHBOURS} * ts_rank(h.tsv, to_tsquery('indonesian', {binds.add(terms.broad)}))::float8)"


def _recent_months(today: date) -> str:
    """A tsquery for the months of publishing that count as recent: `'@202611' | '@202610' | '@202609'`."""
    count = today.year * 12 + today.month - 1
    return " | ".join(f"'@{month // 12}{month % 12 + 1:02}'" for month in range(count, count - 3, -1))


def _distance(query: SearchQuery, binds: Binds) -> str:
    """Kilometres from the query's centre; the nearest first needs one, and takes the city's when none was given."""
    centre = query.centre
    if centre is None and query.order != Sort.NEAREST:
        return "NULL::float8"
    east_north = plane.point(*centre) if centre else (0.0, 0.0)
    return f"(d.place <-> {binds.add(east_north, 'point')})"


async def facets(connection: asyncpg.Connection, query: SearchQuery) -> dict[str, int]:
    """Category -> how many answers, the category of `query` itself left out; counted among the first 2,000 answers."""
    binds = Binds()
    where = clause_of(query.model_copy(update={"category": None}), binds)
    sql = f"""
        SELECT category, count(*) AS many FROM (SELECT d.category FROM search_documents d WHERE {where} LIMIT {MOST_CANDIDATES}) d
        GROUP BY category ORDER BY many DESC"""  # noqa: S608  values are bound, the rest is ours
    rows = await ask_anew(connection, sql, binds.args)
    return {row["category"]: row["many"] for row in rows}


async def count_by_kelurahan(connection: asyncpg.Connection) -> dict[str, int]:
    """Code of a kelurahan -> how many goods are shown there. An index alone can answer it."""
    rows = await connection.fetch("SELECT kelurahan_code, count(*) FROM search_documents GROUP BY kelurahan_code")
    return {row[0]: row[1] for row in rows}


async def count_shown(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM search_documents"))


async def shown_ids(connection: asyncpg.Connection, offset: int, limit: int) -> list[UUID]:
    """Listings that anybody may find, in the order of their ids: for the sitemap."""
    sql = "SELECT listing_id FROM search_documents ORDER BY listing_id OFFSET $1 LIMIT $2"
    return [row[0] for row in await connection.fetch(sql, offset, limit)]


async def answering(connection: asyncpg.Connection, query: SearchQuery, listing_ids: Sequence[UUID]) -> set[UUID]:
    """Those of `listing_ids` that answer `query`: the same clause, asked of a few."""
    binds = Binds()
    where = clause_of(query, binds)
    sql = f"SELECT d.listing_id FROM search_documents d WHERE d.listing_id = ANY ({binds.add(list(listing_ids))}) AND {where}"  # noqa: S608
    return {row["listing_id"] for row in await connection.fetch(sql, *binds.args)}


async def similar_words(connection: asyncpg.Connection, misspelt: Sequence[str]) -> dict[str, str]:
    """For each word that no title has: the most similar one that titles have, if any is similar enough."""
    rows = await connection.fetch(SIMILAR, list(misspelt), LEAST_SIMILARITY)
    return {row["typed"]: row["word"] for row in rows}


LEAST_SIMILARITY = 0.35
SIMILAR = """
    SELECT typed, found.word FROM unnest($1::text[]) AS typed CROSS JOIN LATERAL (
        SELECT v.word FROM search_vocabulary v WHERE v.word % typed AND similarity(v.word, typed) >= $2
        ORDER BY similarity(v.word, typed) DESC, v.uses DESC, v.word LIMIT 1) found
    WHERE NOT EXISTS (SELECT FROM search_vocabulary v WHERE v.word = typed)
"""
COUNT_WORDS = """
    WITH counted AS (
        SELECT word, count(*)::integer AS uses FROM search_documents d, string_to_table(search_text(d.title), ' ') AS word
        WHERE length(word) > 2 GROUP BY word),
    gone AS (DELETE FROM search_vocabulary v WHERE NOT EXISTS (SELECT FROM counted c WHERE c.word = v.word))
    INSERT INTO search_vocabulary (word, uses) SELECT word, uses FROM counted ORDER BY word
    ON CONFLICT (word) DO UPDATE SET uses = excluded.uses WHERE search_vocabulary.uses <> excluded.uses
"""
