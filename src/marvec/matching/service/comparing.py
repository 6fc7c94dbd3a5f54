"""All answers to a request side by side: offers that stand, and goods that fit of sellers who made none."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import regions
from common.actor import Actor
from marvec.chat import queries as chat
from marvec.listings import queries as listings
from marvec.matching import policy, queries
from marvec.matching.models import Match, Request
from marvec.matching.schemas import CompareBy, Compared
from marvec.matching.service.telling import SUBJECT
from marvec.offers import queries as offers
from marvec.storefronts import queries as storefronts
from marvec.storefronts.schemas import Rating

if TYPE_CHECKING:
    from marvec.listings.models import Listing
    from marvec.offers.models import Offer
    from marvec.storefronts.models import Storefront

MOST_COMPARED = 60
LAST = math.inf
"""What has no price or no place stands last."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The goods in question with their shops and ratings, read at once."""

    goods: "dict[UUID, Listing]"
    shops: "dict[UUID, Storefront]"
    ratings: dict[UUID, Rating]


async def compare(session: AsyncSession, actor: Actor, request_id: UUID, order: CompareBy) -> list[Compared]:
    """For the request's buyer. At most MOST_COMPARED goods beside all standing offers. Raises NoSuchRequest, NotYours."""
    request = await queries.by_id(session, request_id)
    policy.check_is_buyer(actor, request)
    made = await offers.standing_in(session, await chat.about(session, SUBJECT, request_id))
    fitting = await queries.best_matches(session, request_id, order, MOST_COMPARED)
    known = await _look_up(session, {offer.listing_id for offer in made} | {match.listing_id for match in fitting if match.listing_id})
    offering = {offer.seller_id for offer in made}
    rows = [_of_offer(request, offer, known) for offer in made]
    rows += [_of_match(request, match, known) for match in fitting if match.seller_id not in offering and _may_show(match, known)]
    return sorted(rows, key=_by_price if order is CompareBy.PRICE else _by_distance)


async def _look_up(session: AsyncSession, ids: set[UUID]) -> _Known:
    goods = await listings.visible_by_ids(session, ids)
    shops = await storefronts.by_ids(session, {listing.storefront_id for listing in goods.values()})
    return _Known(goods, shops, await storefronts.ratings_of(session, shops))


def _may_show(match: Match, known: _Known) -> bool:
    return match.listing_id is None or match.listing_id in known.goods


def _of_offer(request: Request, offer: "Offer", known: _Known) -> Compared:
    listing = known.goods.get(offer.listing_id)
    km = regions.distance_km(request.lat, request.lon, listing.lat, listing.lon) if listing else None
    return Compared(
        listing_id=offer.listing_id if listing else None, title=offer.title, unit=offer.unit, quantity=offer.quantity,
        unit_price=offer.unit_price, total=offer.total, km=km, offer_id=offer.id, offer_state=offer.state,
        conversation_id=offer.conversation_id, within_budget=request.budget is None or offer.total <= request.budget,
        **_shop_of(listing, known),
    )  # fmt: skip


def _of_match(request: Request, match: Match, known: _Known) -> Compared:
    listing = known.goods.get(match.listing_id) if match.listing_id else None
    price = listing.price if listing else match.price
    total = None if price is None else price * request.quantity
    return Compared(
        listing_id=match.listing_id, title=listing.title if listing else match.title, unit=match.unit, quantity=request.quantity,
        unit_price=price, total=total, km=match.km, within_budget=total is None or request.budget is None or total <= request.budget,
        missing=match.missing, **_shop_of(listing, known),
    )  # fmt: skip


def _shop_of(listing: "Listing | None", known: _Known) -> dict[str, object]:
    if listing is None:
        return {"lead_minutes": None, "shop_name": "", "shop_slug": "", "reviews": 0, "rating": None}
    shop, rating = known.shops[listing.storefront_id], known.ratings.get(listing.storefront_id, Rating())
    return {
        "lead_minutes": listing.lead_minutes, "shop_name": shop.name, "shop_slug": shop.slug, "reviews": rating.reviews,
        "rating": rating.average,
    }  # fmt: skip


def _by_price(row: Compared) -> tuple[float, float, float]:
    """Who fits in full stands before who fits in part."""
    return len(row.missing), LAST if row.total is None else row.total, LAST if row.km is None else row.km


def _by_distance(row: Compared) -> tuple[float, float, float]:
    missing, total, km = _by_price(row)
    return missing, km, total
