"""JSON of goods: /api/v1/listings."""

from typing import Annotated
from uuid import UUID

from litestar import Router, delete, get, patch, post, put
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.web.bodies import TAKES, UPLOAD
from common.web.paging import Cursor, Limit, Page, keys_of, page_of
from marvec.listings import policy, queries, service
from marvec.listings.errors import NoSuchListing
from marvec.listings.models import Listing
from marvec.listings.schemas import CreateListing, EditListing, ListingOut, Reorder, Restock
from marvec.storefronts import queries as storefronts
from marvec.storefronts.policy import may_manage

WRITES = [guards.signed_in, guards.scope("listings:write")]
Upload = Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)]


@post("/", guards=WRITES)
async def create_listing(session: AsyncSession, actor: Actor, data: CreateListing) -> ListingOut:
    return await _shown(session, await service.create_listing(session, actor, data))


@get("/", guards=[guards.public])
async def list_listings(
    session: AsyncSession, visitor: Actor | None, storefront_id: UUID, limit: Limit = 24, cursor: Cursor = None
) -> Page[ListingOut]:
    """A shop's goods, newest first: what is visible, and all of them for its owner."""
    shop = await storefronts.by_id(session, storefront_id)
    mine = visitor is not None and may_manage(visitor, shop)
    keys = keys_of("listings", cursor)
    rows = await queries.of_storefront(session, shop.id, only_visible=not mine, before=keys[0] if keys else None, limit=limit + 1)
    ids = [row.id for row in rows]
    stock, pictures = await queries.stock_of(session, ids), await queries.pictures_of_all(session, ids)
    return page_of(rows, limit, "listings", lambda row: [row.id], lambda row: ListingOut.of(row, stock[row.id], pictures.get(row.id, [])))


@get("/{listing_id:uuid}", guards=[guards.public])
async def show_listing(session: AsyncSession, visitor: Actor | None, listing_id: UUID) -> ListingOut:
    """A visible listing; its seller sees it in any state."""
    listing = await queries.by_id(session, listing_id)
    if not policy.may_see(visitor, listing, visible=await queries.is_visible(session, listing_id)):
        raise NoSuchListing
    return await _shown(session, listing)


@patch("/{listing_id:uuid}", guards=WRITES)
async def edit_listing(session: AsyncSession, actor: Actor, listing_id: UUID, data: EditListing) -> ListingOut:
    return await _shown(session, await service.edit_listing(session, actor, listing_id, data))


@post("/{listing_id:uuid}/publish", guards=WRITES, status_code=200)
async def publish_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> ListingOut:
    return await _shown(session, await service.publish_listing(session, actor, listing_id))


@post("/{listing_id:uuid}/pause", guards=WRITES, status_code=200)
async def pause_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> ListingOut:
    return await _shown(session, await service.pause_listing(session, actor, listing_id))


@put("/{listing_id:uuid}/stock", guards=WRITES)
async def restock(session: AsyncSession, actor: Actor, listing_id: UUID, data: Restock) -> ListingOut:
    await service.restock(session, actor, listing_id, free=data.stock)
    return await _shown(session, await queries.by_id(session, listing_id))


@post("/{listing_id:uuid}/pictures", guards=WRITES, opt={TAKES: UPLOAD})
async def add_picture(session: AsyncSession, actor: Actor, listing_id: UUID, data: Upload) -> ListingOut:
    """Multipart with one file, field `data`: JPEG, PNG or WebP."""
    await service.upload_picture(session, actor, listing_id, await data.read(), data.filename)
    return await _shown(session, await queries.by_id(session, listing_id))


@put("/{listing_id:uuid}/pictures", guards=WRITES)
async def reorder_pictures(session: AsyncSession, actor: Actor, listing_id: UUID, data: Reorder) -> ListingOut:
    await service.reorder_pictures(session, actor, listing_id, data.file_ids)
    return await _shown(session, await queries.by_id(session, listing_id))


@delete("/{listing_id:uuid}/pictures/{file_id:uuid}", guards=WRITES)
async def remove_picture(session: AsyncSession, actor: Actor, listing_id: UUID, file_id: UUID) -> None:
    await service.remove_picture(session, actor, listing_id, file_id)


async def _shown(session: AsyncSession, listing: Listing) -> ListingOut:
    stock = await queries.stock_of(session, [listing.id])
    return ListingOut.of(listing, stock[listing.id], await queries.pictures_of(session, listing.id))


router = Router(
    "/api/v1/listings",
    route_handlers=[
        create_listing, list_listings, show_listing, edit_listing, publish_listing, pause_listing, restock, add_picture, reorder_pictures,
        remove_picture,
    ],
    tags=["listings"],
)  # fmt: skip
