"""Finding, both ways. Every pair is written once (`matches` is unique) and told in the transaction that writes it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids, live
from common.db import to_json
from marvec.listings import queries as listings
from marvec.matching import queries
from marvec.matching.models import Match, OfferedGoods, Request, StandingKind, StandingQuery
from marvec.matching.service.telling import tell_matches
from marvec.search.canonical import terms_held

ASKING_GOODS = (StandingKind.REQUEST, StandingKind.SEARCH)

_WRITE = text("""
INSERT INTO matches (id, standing_id, subject_id, kind, request_id, listing_id, buyer_id, seller_id, title, unit, price, km, missing,
    created_at)
SELECT m.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS m(id uuid, standing_id uuid, subject_id uuid, kind text, request_id uuid,
    listing_id uuid, buyer_id uuid, seller_id uuid, title text, unit text, price bigint, km double precision, missing text[],
    created_at timestamptz)
ORDER BY m.standing_id, m.subject_id
ON CONFLICT ON CONSTRAINT uq_matches_standing_id_subject_id DO NOTHING
RETURNING id
""")  # one text for any number of rows: it is compiled and prepared once


async def find_for_request(session: AsyncSession, request_id: UUID) -> list[Match]:
    """A new request: the goods that answer it, and the sellers whose criteria it answers."""
    query = await queries.standing_by_id(session, request_id)
    criteria = await queries.queries_answered_by(
        session, [StandingKind.CRITERIA], terms=terms_held(query.what), price=None, lat=query.lat, lon=query.lon, person_id=query.person_id
    )
    of_goods = await _visible_goods(session, query)
    selling = {goods.seller_id for goods, _ in of_goods}
    rows = [_goods_row(query, goods, km) for goods, km in of_goods]
    rows += [_criteria_row(found, query, km) for found, km in criteria if found.person_id not in selling]
    matches = await _write_and_tell(session, rows, new_goods=False)
    query.asked_at = clock.now()
    await session.flush()
    if not matches:  # else their own news brings the page up to date
        await live.tell(session, f"request:{request_id}", {"type": "told", "sellers": 0})
    return matches


async def told_of(session: AsyncSession, request: Request) -> int | None:
    """How many sellers were told of a request; None while the first asking is under way."""
    query = await session.get(StandingQuery, request.id)
    return await queries.count_told(session, request.id) if query is not None and query.asked_at is not None else None


async def find_for_search(session: AsyncSession, search_id: UUID) -> list[Match]:
    """A new saved search: what is there already is only noted, so that the buyer is told of what is new."""
    query = await queries.standing_by_id(session, search_id)
    return await _write(session, [_goods_row(query, goods, km) for goods, km in await _visible_goods(session, query)])


async def find_for_listing(session: AsyncSession, listing_id: UUID) -> list[Match]:
    """A listing that appeared or changed: the open requests and saved searches that it answers."""
    listing = await listings.by_id(session, listing_id)
    goods = OfferedGoods(
        listing_id=listing.id,
        seller_id=listing.seller_id,
        terms=terms_held(f"{listing.title} {listing.category}"),
        title=listing.title,
        unit=listing.unit,
        price=listing.price,
        lat=listing.lat,
        lon=listing.lon,
    )
    await _keep(session, goods)
    if not await listings.for_sale(session, [listing_id]):
        return []
    found = await queries.queries_answered_by(
        session, ASKING_GOODS, terms=goods.terms, price=goods.price, lat=goods.lat, lon=goods.lon, person_id=goods.seller_id
    )
    return await _write_and_tell(session, [_goods_row(query, goods, km) for query, km in found], new_goods=True)


async def _visible_goods(session: AsyncSession, query: StandingQuery) -> list[tuple[OfferedGoods, float]]:
    found = await queries.goods_for(session, query)
    shown = {item.listing_id for item in await listings.for_sale(session, [goods.listing_id for goods, _ in found])}
    return [(goods, km) for goods, km in found if goods.listing_id in shown]


async def _keep(session: AsyncSession, goods: OfferedGoods) -> None:
    row = goods.model_dump()
    await session.execute(insert(OfferedGoods).values(row).on_conflict_do_update(index_elements=["listing_id"], set_=row))


async def _write_and_tell(session: AsyncSession, rows: Sequence[dict[str, Any]], *, new_goods: bool) -> list[Match]:
    matches = await _write(session, rows)
    await tell_matches(session, matches, new_goods=new_goods)
    return matches


async def _write(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> list[Match]:
    """The new ones among `rows`, in their order. Pairs are inserted in one order by everybody, so that two finders cannot deadlock."""
    if not rows:
        return []
    new = set(await session.scalars(_WRITE, {"rows": to_json(rows)}))
    return [Match(**row) for row in rows if row["id"] in new]


def _goods_row(query: StandingQuery, goods: OfferedGoods, km: float) -> dict[str, Any]:
    return {
        "id": ids.uuid7(),
        "standing_id": query.id,
        "subject_id": goods.listing_id,
        "kind": query.kind,
        "request_id": query.id if query.kind is StandingKind.REQUEST else None,
        "listing_id": goods.listing_id,
        "buyer_id": query.person_id,
        "seller_id": goods.seller_id,
        "title": goods.title,
        "unit": goods.unit,
        "price": goods.price,
        "km": km,
        "missing": sorted(set(query.better) - set(goods.terms)),
        "created_at": clock.now(),
    }


def _criteria_row(criteria: StandingQuery, request: StandingQuery, km: float) -> dict[str, Any]:
    return {
        "id": ids.uuid7(),
        "standing_id": criteria.id,
        "subject_id": request.id,
        "kind": StandingKind.CRITERIA,
        "request_id": request.id,
        "listing_id": None,
        "buyer_id": request.person_id,
        "seller_id": criteria.person_id,
        "title": criteria.what,
        "unit": "",
        "price": None,
        "km": km,
        "missing": [],
        "created_at": clock.now(),
    }
