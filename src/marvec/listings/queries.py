"""Reads of goods; the clause of what may be shown; the one lock."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, bindparam, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from common import clock
from common.credentials import queries as credentials
from marvec.listings import naming
from marvec.listings.errors import NoSuchListing
from marvec.listings.models import Listing, ListingPicture, ListingState, ListingStock
from marvec.listings.schemas import Card, ForSale
from marvec.storefronts import queries as storefronts
from marvec.storefronts.schemas import Rating

if TYPE_CHECKING:
    from collections.abc import Iterable


MOST_WORDS = 10
"""Of what somebody types to find one of a shop's goods."""
SIMILAR_LOOKED_AT = 24
"""Of the newest goods in a category, so many are looked at for what is shown beside one."""


def visible() -> ColumnElement[bool]:
    """SQL clause over `Listing`: published, its shop open, its needed credential in force at this moment."""
    return and_(
        col(Listing.state) == ListingState.PUBLISHED,
        storefronts.is_open(Listing.storefront_id),
        credential_in_force(Listing.needs_credential, Listing.seller_id, Listing.storefront_id),
    )


def credential_in_force(needed: Any, seller_id: Any, storefront_id: Any) -> ColumnElement[bool]:
    """SQL clause: none is needed, or the seller or the shop holds one that stands at this moment."""
    return or_(needed.is_(None), credentials.is_active(seller_id, needed), credentials.is_active(storefront_id, needed))


async def by_id(session: AsyncSession, listing_id: UUID) -> Listing:
    """Raises NoSuchListing."""
    found = await session.get(Listing, listing_id)
    if found is None:
        raise NoSuchListing
    return found


async def by_id_for_update(session: AsyncSession, listing_id: UUID) -> Listing:
    """Locked until the transaction ends. Raises NoSuchListing."""
    found = await session.get(Listing, listing_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchListing
    return found


async def next_for_update(session: AsyncSession, after: UUID | None, limit: int) -> list[Listing]:
    """Listings of everybody in the order of their ids, after the one called `after`, locked."""
    query = select(Listing).order_by(col(Listing.id)).limit(limit).with_for_update().execution_options(populate_existing=True)
    return list(await session.scalars(query if after is None else query.where(col(Listing.id) > after)))


async def visible_by_id(session: AsyncSession, listing_id: UUID) -> Listing:
    """Raises NoSuchListing when there is none or it may not be shown."""
    found: Listing | None = (await session.scalars(select(Listing).where(col(Listing.id) == listing_id, visible()))).one_or_none()
    if found is None:
        raise NoSuchListing
    return found


async def visible_by_ids(session: AsyncSession, ids: "Iterable[UUID]") -> dict[UUID, Listing]:
    """Those of `ids` that may be shown."""
    found = await session.scalars(select(Listing).where(col(Listing.id).in_(list(ids)), visible()))
    return {listing.id: listing for listing in found}


async def titles_of(session: AsyncSession, ids: "Iterable[UUID]") -> dict[UUID, str]:
    """Titles by id, visible or not: for those who already know the id."""
    rows = await session.execute(sqlalchemy.select(col(Listing.id), col(Listing.title)).where(col(Listing.id).in_(list(ids))))
    return {row[0]: row[1] for row in rows}


async def is_visible(session: AsyncSession, listing_id: UUID) -> bool:
    return (await session.scalar(select(col(Listing.id)).where(col(Listing.id) == listing_id, visible()))) is not None


async def has_needed_credential(session: AsyncSession, listing: Listing) -> bool:
    """Whether the seller holds what the listing needs, if it needs anything."""
    if listing.needs_credential is None:
        return True
    held = credential_in_force(Listing.needs_credential, Listing.seller_id, Listing.storefront_id)
    return (await session.scalar(select(Listing.id).where(col(Listing.id) == listing.id, held))) is not None


async def for_sale(session: AsyncSession, ids: "Iterable[UUID]") -> list[ForSale]:
    """The visible ones among `ids`, in the order of their ids. Stock is not asked: `service.reserve` has that word."""
    rows: Any = (await session.execute(_for_sale_on(clock.today()), {"ids": list(ids)})).all()
    return [ForSale(*row) for row in rows]


@lru_cache(maxsize=2)
def _for_sale_on(_: date) -> Any:
    """Built once a day: the clause of visibility names the day, and putting it together costs more than running it."""
    columns = (Listing.id, Listing.storefront_id, Listing.seller_id, Listing.title, Listing.unit, Listing.price)
    wanted = col(Listing.id) == func.any(bindparam("ids", type_=ARRAY(Uuid)))  # IN would be a text of its own for each number of ids
    return sqlalchemy.select(*map(col, columns), first_picture()).where(wanted, visible()).order_by(col(Listing.id))


def first_picture() -> Any:
    """SQL expression over `Listing`: the file of its first picture, or null."""
    return (
        select(ListingPicture.file_id)
        .where(col(ListingPicture.listing_id) == Listing.id)
        .order_by(col(ListingPicture.place))
        .limit(1)
        .correlate(Listing)
        .scalar_subquery()
    )


async def stock_of(session: AsyncSession, ids: "Iterable[UUID]") -> dict[UUID, ListingStock]:
    """Stock rows as they are now (not locked: a figure to show, not one to sell by)."""
    query = select(ListingStock).where(col(ListingStock.listing_id).in_(list(ids))).execution_options(populate_existing=True)
    return {row.listing_id: row for row in await session.scalars(query)}


async def pictures_of(session: AsyncSession, listing_id: UUID) -> list[UUID]:
    """File ids, in the seller's order."""
    query = select(ListingPicture.file_id).where(col(ListingPicture.listing_id) == listing_id).order_by(col(ListingPicture.place))
    return list((await session.scalars(query)).all())


async def pictures_of_all(session: AsyncSession, ids: "Iterable[UUID]") -> dict[UUID, list[UUID]]:
    """File ids of several listings at once, each in its seller's order."""
    query = select(ListingPicture).where(col(ListingPicture.listing_id).in_(list(ids))).order_by(col(ListingPicture.place))
    found: dict[UUID, list[UUID]] = {}
    for picture in await session.scalars(query):
        found.setdefault(picture.listing_id, []).append(picture.file_id)
    return found


async def of_storefront(
    session: AsyncSession, storefront_id: UUID, *, only_visible: bool, before: UUID | None = None, limit: int = 100
) -> list[Listing]:
    """A shop's goods, newest first, after the one called `before`; its owner sees drafts and paused ones too."""
    query = select(Listing).where(col(Listing.storefront_id) == storefront_id).order_by(col(Listing.id).desc()).limit(limit)
    if only_visible:
        query = query.where(visible())
    if before is not None:
        query = query.where(col(Listing.id) < before)
    return list((await session.scalars(query)).all())


async def offered_by(session: AsyncSession, seller_ids: "Iterable[UUID]", *, words: str = "", limit: int = 50) -> list[Listing]:
    """Visible goods of these people whose title has all of `words`, newest first."""
    query = select(Listing).where(col(Listing.seller_id).in_(list(seller_ids)), visible())
    for word in words.split()[:MOST_WORDS]:
        query = query.where(col(Listing.title).icontains(word, autoescape=True))
    return list((await session.scalars(query.order_by(col(Listing.id).desc()).limit(limit))).all())


async def all_of_seller(session: AsyncSession, seller_id: UUID) -> list[Listing]:
    """Everything that a person ever offered, drafts, too, newest first: for the download of one's data."""
    return list(await session.scalars(select(Listing).where(col(Listing.seller_id) == seller_id).order_by(col(Listing.id).desc())))


async def cards_of(session: AsyncSession, storefront_id: UUID, limit: int, *, before: UUID | None = None) -> list[Card]:
    """A shop's visible goods, newest first, as cards; after the one called `before`."""
    following = [] if before is None else [col(Listing.id) < before]
    return await _cards(session, limit, col(Listing.storefront_id) == storefront_id, *following)


async def similar_to(session: AsyncSession, listing: Listing, limit: int = 4) -> list[Card]:
    """Visible goods of other sellers in the same category, each with its shop's rating: the same good first, which is what a buyer compares
    with, then others, of each the newest; never what somebody with several shops sells in all of them."""
    alike = col(Listing.category) == listing.category, col(Listing.seller_id) != listing.seller_id
    named = await _cards(session, limit, *alike, col(Listing.good) == listing.good) if listing.good else []
    found = _same_first(listing.title, named, await _cards(session, SIMILAR_LOOKED_AT, *alike))[:limit]
    ratings = await storefronts.ratings_of(session, {card.storefront_id for card in found})
    return [_rated(card, ratings.get(card.storefront_id, Rating())) for card in found]


def _same_first(title: str, named: list[Card], cards: list[Card]) -> list[Card]:
    """Those that are `named` the same good on the city's list or go by the same words, then of every other kind its first."""
    kind = kind_of(title)
    same = {card.id: card for card in [*named, *(card for card in cards if kind_of(card.title) == kind)]}
    others: dict[str, Card] = {}
    for card in cards:
        if card.id not in same:
            others.setdefault(kind_of(card.title), card)
    return [*same.values(), *others.values()]


def kind_of(title: str) -> str:
    """The good that a title names, else its plain words: what buyers take for the same thing."""
    good = naming.suggested(title)
    return good.name if good is not None else naming.plain(title)


async def _cards(session: AsyncSession, limit: int, *wanted: ColumnElement[bool]) -> list[Card]:
    free = ListingStock.on_hand - ListingStock.reserved
    columns: list[Any] = [Listing.id, Listing.title, Listing.price, Listing.unit, first_picture(), free, Listing.storefront_id]
    joined = sqlalchemy.select(*columns).join(ListingStock, col(ListingStock.listing_id) == Listing.id)
    rows: Any = (await session.execute(joined.where(*wanted, visible()).order_by(col(Listing.id).desc()).limit(limit))).all()
    return [Card(*row) for row in rows]


def _rated(card: Card, rating: Rating) -> Card:
    return replace(card, reviews=rating.reviews, rating=rating.average)
