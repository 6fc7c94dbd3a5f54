"""What everybody sees: a thing on offer, and a shop with its goods."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards, regions
from common.actor import Actor
from common.web import page
from common.web.addresses import absolute
from marvec.listings import goods, policy, queries
from marvec.listings.errors import NoSuchListing
from marvec.listings.wording import lead_words, stock_words
from marvec.storefronts import policy as shop_policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts.errors import NoSuchStorefront

BESIDE = 4
"""Goods shown beside one, of the same shop and of others."""


@get("/barang/{listing_id:uuid}", guards=[guards.public])
async def show_listing(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None, listing_id: UUID) -> Response[Any]:
    """Anybody sees what is visible; its seller sees it in any state, with a word on why others do not."""
    listing = await queries.by_id(session, listing_id)
    visible = await queries.is_visible(session, listing_id)
    if not policy.may_see(visitor, listing, visible=visible):
        raise NoSuchListing
    preview = visitor is not None and visitor.person_id == listing.seller_id and as_buyer(request)
    stock = (await queries.stock_of(session, [listing_id]))[listing_id]
    pictures = await queries.pictures_of(session, listing_id)
    return page(
        "listings/show.html", listing=listing, visible=visible, shop=await storefronts.by_id(session, listing.storefront_id),
        pictures=pictures, pictures_at=[absolute(f"/berkas/{picture}/960") for picture in pictures],
        free=stock.free, stock_words=stock_words(stock.free),
        lead_words=lead_words(listing.lead_minutes), place=regions.kelurahan(listing.kelurahan_code),
        category=goods.CATEGORY_NAMES[listing.category], distance_km=distance_from(request, listing.lat, listing.lon),
        mine=visitor is not None and visitor.person_id == listing.seller_id and not preview, preview=preview,
        others=[card for card in await queries.cards_of(session, listing.storefront_id, BESIDE + 1) if card.id != listing_id][:BESIDE],
        similar=await queries.similar_to(session, listing, BESIDE),
    )  # fmt: skip


@get("/toko/{slug:str}", guards=[guards.public])
async def show_storefront(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None, slug: str) -> Response[Any]:
    shop = await storefronts.by_slug(session, slug)
    if not shop_policy.may_see(visitor, shop):
        raise NoSuchStorefront
    found = await queries.cards_of(session, shop.id)
    preview = visitor is not None and shop_policy.may_manage(visitor, shop) and as_buyer(request)
    return page("listings/storefront.html", shop=shop, goods=found, place=regions.kelurahan(shop.kelurahan_code), preview=preview)


def as_buyer(request: Request[Any, Any, Any]) -> bool:
    """A seller looks at her own page as a buyer would (`?sebagai=pembeli`); of anybody else's page it says nothing."""
    return request.query_params.get("sebagai") == "pembeli"


def distance_from(request: Request[Any, Any, Any], lat: float, lon: float) -> float | None:
    """Kilometres from `?near=lat,lon`, which the search's links carry on; None without it or when it makes no sense."""
    try:
        near_lat, near_lon = (float(part) for part in request.query_params.get("near", "").split(","))
    except ValueError:
        return None
    return regions.distance_km(near_lat, near_lon, lat, lon)


HANDLERS = [show_listing, show_storefront]
