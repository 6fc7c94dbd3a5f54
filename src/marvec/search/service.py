"""Searching, and counting the vocabulary."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from common import db
from common.web.paging import BadCursor, cursor_of, keys_of
from marvec.search import queries
from marvec.search.parse import parse
from marvec.search.schemas import Hit, Results, SearchQuery, Sort
from marvec.search.synonyms import is_known, terms_of
from marvec.search.words import telling
from marvec.storefronts.schemas import Rating

FEW = 3
"""Below so many hits another spelling is proposed."""


def understand(query: SearchQuery) -> SearchQuery:
    """`query` with what its words say of price, place and order put where it belongs; what was chosen in a form keeps the upper hand."""
    if not query.text:
        return query
    said = parse(query.text).query
    chosen = query.model_dump(exclude_none=True, exclude={"text"})
    if "kelurahan" in chosen or "kecamatan" in chosen:
        said = said.model_copy(update={"kelurahan": None, "kecamatan": None})
    return said.model_copy(update=chosen)


async def search(query: SearchQuery, *, cursor: str | None = None, limit: int = 24, with_facets: bool = False) -> Results:
    """One page of what answers `query`, in its order; where next to nothing has all of its words, what fits in part.

    Raises BadCursor (422) for a cursor of another order.
    """
    query, after = _place(query, cursor)
    async with db.hot() as connection:
        rows = await queries.fetch(connection, query, after, limit + 1)
        first, few = after is None, len(rows) < FEW
        if first and few and _has_more_words(query):
            partly = query.model_copy(update={"partly": True})
            some = await queries.fetch(connection, partly, None, limit + 1)
            query, rows = (partly, some) if len(some) > len(rows) else (query, rows)
        return Results(
            items=[_hit(row) for row in rows[:limit]],
            next=cursor_of(_list_name(query), rows[limit - 1]["key"], rows[limit - 1]["listing_id"]) if len(rows) > limit else None,
            did_you_mean=await _respelt(connection, query) if first and few else None,
            facets=await queries.facets(connection, query) if first and with_facets else None,
            partly=query.partly,
        )


def _place(query: SearchQuery, cursor: str | None) -> tuple[SearchQuery, Sequence[Any] | None]:
    """Where the page begins. The cursor of a list of partial fits goes on in that list."""
    try:
        return query, keys_of(_list_name(query), cursor)
    except BadCursor:
        partly = query.model_copy(update={"partly": True})
        return partly, keys_of(_list_name(partly), cursor)


def _list_name(query: SearchQuery) -> str:
    return f"search:{'partly:' if query.partly else ''}{query.order}"


def _has_more_words(query: SearchQuery) -> bool:
    terms = terms_of(query.text)
    return terms is not None and not terms.is_one


async def count_words() -> None:
    """Count the words of all titles anew: the vocabulary of "did you mean"."""
    async with db.hot() as connection:
        await connection.execute(queries.COUNT_WORDS)


async def _respelt(connection: asyncpg.Connection, query: SearchQuery) -> str | None:
    """Another spelling by which something is sold: one that finds nothing is not proposed ("sampah tidak diangkut" is no misspelt good)."""
    typed: Sequence[str] = telling(query.text)
    doubtful = [word for word in dict.fromkeys(typed) if len(word) > 2 and not is_known(word)]
    better = await queries.similar_words(connection, doubtful) if doubtful else {}
    if not better:
        return None
    proposed = " ".join(better.get(word, word) for word in typed)
    sold = SearchQuery(text=proposed, sort=Sort.NEWEST)
    return proposed if await queries.fetch(connection, sold, None, 1) else None


def _hit(row: Any) -> Hit:
    return Hit(
        row["listing_id"], row["title"], row["price"], row["unit"], row["category"], row["kelurahan_code"], row["shop_slug"],
        row["shop_name"], row["picture_id"], row["published_at"], row["stock"],
        None if row["distance_km"] is None else round(row["distance_km"], 3), row["reviews"], Rating(row["reviews"], row["stars"]).average,
    )  # fmt: skip
