"""What everybody sees: a thing on offer, and a shop with its goods."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from common import front, guards, regions
from common.actor import Actor
from common.web import page
from common.web.addresses import absolute
from common.web.paging import Cursor, keys_of, page_of
from common.web.standing import remember, standing_of
from marvec.listings import goods, permits, policy, queries
from marvec.listings.errors import NoSuchListing, NoSuchPermit
from marvec.listings.models import Listing
from marvec.listings.wording import lead_words, stock_words
from marvec.storefronts import policy as shop_policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts import trust
from marvec.storefronts.errors import NoSuchStorefront

BESIDE = 4
"""Goods shown beside one, of the same shop and of others."""
WINDOW, SHOWN = "shop-window", 48


@get("/barang/{listing_id:uuid}", guards=[guards.public])
async def show_listing(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None, listing_id: UUID) -> Response[Any]:
    """Anybody sees what is visible; its seller sees it in any state, with a word on why others do not."""
    listing = await queries.by_id(session, listing_id)
    visible = await queries.is_visible(session, listing_id)
    if not policy.may_see(visitor, listing, visible=visible):
        raise NoSuchListing
    shop = await storefronts.by_id(session, listing.storefront_id)
    standing = standing_of(request)
    preview = visitor is not None and visitor.person_id == listing.seller_id and as_buyer(request)
    answer = page(
        "listings/show.html", listing=listing, visible=visible, shop=shop, trust=await trust.trust_in(session, shop),
        **await _about(session, listing), place=regions.kelurahan(listing.kelurahan_code), standing=standing,
        distance_km=standing.km_to(listing.lat, listing.lon) if standing else None,
        mine=visitor is not None and visitor.person_id == listing.seller_id and not preview, preview=preview,
        others=[card for card in await queries.cards_of(session, listing.storefront_id, BESIDE + 1) if card.id != listing_id][:BESIDE],
        similar=await queries.similar_to(session, listing, BESIDE),
    )  # fmt: skip
    return remember(request, answer)


@get("/toko/{slug:str}", guards=[guards.public])
async def show_storefront(
    request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None, slug: str, cursor: Cursor = None
) -> Response[Any]:
    """A following page of the goods shows the goods alone."""
    shop = await storefronts.by_slug(session, slug)
    if not shop_policy.may_see(visitor, shop):
        raise NoSuchStorefront
    preview = visitor is not None and shop_policy.may_manage(visitor, shop) and as_buyer(request)
    keys = keys_of(WINDOW, cursor)
    rows = await queries.cards_of(session, shop.id, SHOWN + 1, before=keys[0] if keys else None)
    found = page_of(rows, SHOWN, WINDOW, lambda card: [card.id], lambda card: card)
    return page(
        "listings/storefront.html", shop=shop, goods=found.items, next=found.next, is_first=not cursor,
        place=regions.kelurahan(shop.kelurahan_code), trust=await trust.trust_in(session, shop), preview=preview,
        pieces=[] if cursor else await front.pieces_for("storefront", session, visitor, shop),
    )  # fmt: skip


@get("/izin-jualan/{kind:str}", guards=[guards.public], sync_to_thread=False)
def show_permit(kind: str) -> Response[Any]:
    """How one gets a credential that goods need."""
    found = permits.permit(kind)
    if found is None:
        raise NoSuchPermit
    sold = [good for good in goods.all_goods() if goods.credential_of(good) == kind]
    categories = [goods.CATEGORY_NAMES[category] for category, needed in goods.rules().items() if needed == kind]
    return page("listings/permit.html", permit=found, sold=sold, categories=categories, others=permits.PERMITS)


def as_buyer(request: Request[Any, Any, Any]) -> bool:
    """A seller looks at her own page as a buyer would (`?sebagai=pembeli`); of anybody else's page it says nothing."""
    return request.query_params.get("sebagai") == "pembeli"


async def _about(session: AsyncSession, listing: Listing) -> dict[str, Any]:
    """Pictures, stock and the words for them."""
    free = (await queries.stock_of(session, [listing.id]))[listing.id].free
    pictures = await queries.pictures_of(session, listing.id)
    return {
        "pictures": pictures, "pictures_at": [absolute(f"/berkas/{picture}/960") for picture in pictures], "free": free,
        "stock_words": stock_words(free), "lead_words": lead_words(listing.lead_minutes),
        "category": goods.CATEGORY_NAMES[listing.category],
    }  # fmt: skip


HANDLERS = [show_listing, show_storefront, show_permit]
