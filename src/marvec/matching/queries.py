"""Reads of requests and matches, the locks, and the two inverted questions."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import ColumnElement, Row, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text
from sqlmodel import col

from common import clock
from common.actor import Actor
from common.web import paging
from marvec.matching.errors import NoSuchRequest
from marvec.matching.models import Match, OfferedGoods, Request, RequestState, StandingKind, StandingQuery
from marvec.matching.policy import MOST_TOLD
from marvec.matching.schemas import CompareBy


async def by_id(session: AsyncSession, request_id: UUID) -> Request:
    """Raises NoSuchRequest."""
    return _request(await session.get(Request, request_id))


async def readable_by(session: AsyncSession, actor: Actor, request_id: UUID) -> Request:
    """For its buyer, and for sellers whom it was told. Raises NoSuchRequest for others."""
    request = await by_id(session, request_id)
    if request.buyer_id != actor.person_id:
        told = select(col(Match.id)).where(col(Match.request_id) == request_id, col(Match.seller_id) == actor.person_id).limit(1)
        if await session.scalar(told) is None:
            raise NoSuchRequest
    return request


async def by_id_for_update(session: AsyncSession, request_id: UUID) -> Request:
    """Locked until the transaction ends. Raises NoSuchRequest."""
    return _request(await session.get(Request, request_id, with_for_update=True, populate_existing=True))


async def standing_by_id(session: AsyncSession, standing_id: UUID) -> StandingQuery:
    """Raises NoSuchRequest."""
    found = await session.get(StandingQuery, standing_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchRequest
    return found


async def match_by_id(session: AsyncSession, match_id: UUID) -> Match:
    """Raises NoSuchRequest."""
    found = await session.get(Match, match_id)
    if found is None:
        raise NoSuchRequest
    return found


async def match_between(session: AsyncSession, request_id: UUID, people: Collection[UUID]) -> Match | None:
    """The cheapest goods of one of these people that answer a request."""
    fitting = col(Match.request_id) == request_id, col(Match.seller_id).in_(list(people)), col(Match.listing_id).is_not(None)
    found: Match | None = await session.scalar(select(Match).where(*fitting).order_by(col(Match.price), col(Match.id)).limit(1))
    return found


async def what_of(session: AsyncSession, match: Match) -> StandingQuery:
    """The buyer's question of a match: the request's or the saved search's."""
    query = await session.get(StandingQuery, match.request_id or match.standing_id)
    assert query is not None
    return query


async def open_request_of(session: AsyncSession, match: Match) -> Request:
    """Raises NoSuchRequest when it is over."""
    request = await session.get(Request, match.request_id) if match.request_id else None
    if request is None or request.state is not RequestState.OPEN:
        raise NoSuchRequest
    return request


async def count_open_of(session: AsyncSession, person_id: UUID) -> int:
    mine = select(func.count()).select_from(StandingQuery).where(col(StandingQuery.person_id) == person_id, col(StandingQuery.is_open))
    return int(await session.scalar(mine) or 0)


async def standing_of(session: AsyncSession, person_id: UUID, kind: StandingKind) -> list[StandingQuery]:
    """Open ones, newest first."""
    query = StandingQuery
    mine = select(query).where(col(query.person_id) == person_id, col(query.kind) == kind, col(query.is_open))
    return list(await session.scalars(mine.order_by(col(query.id).desc()).limit(paging.MOST)))


async def open_requests_for_update(session: AsyncSession, buyer_id: UUID) -> list[Request]:
    """A buyer's open requests, locked in the order of ids."""
    mine = select(Request).where(col(Request.buyer_id) == buyer_id, col(Request.state) == RequestState.OPEN).order_by(col(Request.id))
    return list(await session.scalars(mine.with_for_update().execution_options(populate_existing=True)))


async def all_requests_of(session: AsyncSession, buyer_id: UUID) -> list[Request]:
    """Everything that a person ever asked for, newest first: for the download of one's data."""
    return list(await session.scalars(select(Request).where(col(Request.buyer_id) == buyer_id).order_by(col(Request.id).desc())))


async def all_standing_of(session: AsyncSession, person_id: UUID) -> list[StandingQuery]:
    """Saved searches and criteria, ended ones, too, newest first: for the download of one's data."""
    query = StandingQuery
    mine = select(query).where(col(query.person_id) == person_id, col(query.kind) != StandingKind.REQUEST)
    return list(await session.scalars(mine.order_by(col(query.id).desc())))


async def requests_of(session: AsyncSession, buyer_id: UUID, limit: int, cursor: str | None) -> paging.Page[Any]:
    """A buyer's requests, newest first."""
    return await _page(session, select(Request).where(col(Request.buyer_id) == buyer_id), "requests", limit, cursor)


async def matches_for_request(session: AsyncSession, request_id: UUID, limit: int, cursor: str | None) -> paging.Page[Any]:
    """What answers a request, newest first."""
    return await _page(session, select(Match).where(col(Match.request_id) == request_id), "matches", limit, cursor)


async def best_matches(session: AsyncSession, request_id: UUID, order: CompareBy, limit: int) -> list[Match]:
    """What answers a request, cheapest or nearest first; what has no price (a seller's criteria) comes last."""
    by_price = col(Match.price).asc().nulls_last(), col(Match.km)
    keys = by_price if order is CompareBy.PRICE else (col(Match.km), col(Match.price))
    return list(await session.scalars(select(Match).where(col(Match.request_id) == request_id).order_by(*keys, col(Match.id)).limit(limit)))


async def matches_for_seller(session: AsyncSession, seller_id: UUID, limit: int, cursor: str | None) -> paging.Page[Any]:
    """A seller's chances: matches of requests that are still open, newest first."""
    still_open = select(col(Request.id)).where(col(Request.id) == Match.request_id, col(Request.state) == RequestState.OPEN).exists()
    return await _page(session, select(Match).where(col(Match.seller_id) == seller_id, still_open), "chances", limit, cursor)


async def count_chances(session: AsyncSession, seller_id: UUID, limit: int = 50) -> int:
    """How many open requests fit a seller's goods, counted to `limit`."""
    still_open = select(col(Request.id)).where(col(Request.id) == Match.request_id, col(Request.state) == RequestState.OPEN).exists()
    fitting = select(col(Match.request_id)).where(col(Match.seller_id) == seller_id, still_open).distinct().limit(limit).subquery()
    return int(await session.scalar(select(func.count()).select_from(fitting)) or 0)


async def queries_answered_by(
    session: AsyncSession,
    kinds: Collection[StandingKind],
    *,
    terms: Sequence[str],
    price: int | None,
    lat: float,
    lon: float,
    person_id: UUID,
) -> list[Row[StandingQuery, float]]:
    """Standing queries that something with these `terms` answers, and how far (km) it is. Only queries that wait under one of its terms
    are looked at: the inverted question."""
    query = StandingQuery
    km = _km(col(query.lat), col(query.lon), literal(lat), literal(lon))
    has = _texts(terms)
    found = select(query, km).where(
        col(query.anchor) == func.any(has),
        col(query.is_open),
        or_(col(query.expires_at).is_(None), col(query.expires_at) > clock.now()),
        col(query.kind).in_(list(kinds)),
        col(query.terms).op("<@")(has),
        col(query.person_id) != person_id,
        km <= col(query.radius_km),
    )
    if price is not None:
        found = found.where(or_(col(query.price_max).is_(None), col(query.price_max) >= price))
    return list((await session.execute(found.order_by(col(query.id)))).all())


async def goods_for(session: AsyncSession, query: StandingQuery) -> list[Row[OfferedGoods, float]]:
    """Goods that answer a query: those first that hold most of its better terms, then the nearest. Whether they may be shown is for
    listings to say."""
    goods = OfferedGoods
    km = _km(col(goods.lat), col(goods.lon), literal(query.lat), literal(query.lon))
    found = select(goods, km).where(
        col(goods.terms).op("@>")(_texts(query.terms)), col(goods.seller_id) != query.person_id, km <= query.radius_km
    )
    if query.price_max is not None:
        found = found.where(col(goods.price) <= query.price_max)
    nearest = found.order_by(km, col(goods.listing_id)).limit(MOST_TOLD)
    if not query.better:
        return list((await session.execute(nearest)).all())
    fullest = nearest.order_by(None).order_by(_held(col(goods.terms), query.better).desc(), km, col(goods.listing_id))
    return list((await session.execute(fullest)).all())


async def emptiest_anchor(session: AsyncSession, terms: Sequence[str]) -> str:
    """The term under which the fewest open queries wait: so no list grows long while another is short."""
    query = StandingQuery
    counts = (
        select(col(query.anchor), func.count()).where(col(query.anchor).in_(list(terms)), col(query.is_open)).group_by(col(query.anchor))
    )
    waiting = {row[0]: row[1] for row in await session.execute(counts)}
    return min(terms, key=lambda term: (waiting.get(term, 0), -len(term), term))


async def count_told(session: AsyncSession, request_id: UUID) -> int:
    """How many sellers were told of a request."""
    told = select(func.count(func.distinct(col(Match.seller_id)))).where(col(Match.request_id) == request_id)
    return int(await session.scalar(told) or 0)


def _held(terms: Any, better: Sequence[str]) -> ColumnElement[int]:
    """How many of the `better` terms are among `terms`."""
    parts: list[ColumnElement[int]] = [sqlalchemy.case((literal(term) == func.any(terms), 1), else_=0) for term in better]
    return sum(parts[1:], parts[0])


def _texts(terms: Sequence[str]) -> Any:
    return cast(list(terms), ARRAY(Text))


def _km(lat_a: Any, lon_a: Any, lat_b: Any, lon_b: Any) -> ColumnElement[float]:
    return func.km_between(lat_a, lon_a, lat_b, lon_b)


async def _page(session: AsyncSession, rows: Any, name: str, limit: int, cursor: str | None) -> paging.Page[Any]:
    table = rows.column_descriptions[0]["entity"]
    continued = paging.after(rows, [col(table.id)], paging.keys_of(name, cursor), descending=True).limit(limit + 1)
    return paging.page_of(list(await session.scalars(continued)), limit, name, lambda row: [row.id], lambda row: row)


def _request(request: Request | None) -> Request:
    if request is None:
        raise NoSuchRequest
    return request
