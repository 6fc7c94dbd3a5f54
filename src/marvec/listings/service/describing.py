"""Putting a thing on offer and saying what it is."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor
from common.errors import Forbidden
from marvec.listings import goods, queries
from marvec.listings.errors import CredentialNeeded, HeldBack, ListingChanged
from marvec.listings.models import Listing, ListingState, ListingStock
from marvec.listings.schemas import CreateListing, Described, EditListing
from marvec.storefronts import policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts.errors import NotYourStorefront


async def create_listing(session: AsyncSession, actor: Actor, data: CreateListing) -> Listing:
    """A draft in one of the actor's shops, with its stock. Raises NoSuchStorefront, NotYourStorefront."""
    shop = await storefronts.by_id(session, data.storefront_id)
    if not policy.may_manage(actor, shop):
        raise NotYourStorefront
    listing = Listing(
        storefront_id=shop.id, seller_id=shop.owner_id, title=data.title, category=data.category, unit=data.unit, price=data.price,
        kelurahan_code=shop.kelurahan_code, lat=shop.lat, lon=shop.lon, moved_by=actor.person_id,
    )  # fmt: skip
    _describe(listing, data)
    session.add(listing)
    await session.flush()
    session.add(ListingStock(listing_id=listing.id, on_hand=data.stock))
    await session.flush()
    return listing


async def edit_listing(session: AsyncSession, actor: Actor, listing_id: UUID, data: EditListing) -> Listing:
    """Raises ListingChanged when somebody edited since `data.version`. Who waits for such a thing hears of it when it is visible."""
    listing = await managed(session, actor, listing_id)
    if listing.version != data.version:
        raise ListingChanged
    _describe(listing, data)
    listing.version += 1
    await session.flush()
    await tell_if_visible(session, listing)
    return listing


async def publish_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    """Show it. Raises CredentialNeeded when the law asks for one that the seller has not (or no more), HeldBack, NotConfirmedYet."""
    listing = await managed(session, actor, listing_id)
    policy.must_be_confirmed(actor)
    if listing.held_because is not None:
        raise HeldBack(because=listing.held_because)
    if not await queries.has_needed_credential(session, listing):
        raise CredentialNeeded(kind=(listing.needs_credential or "").upper())
    listing.published_at = clock.now()
    listing.move_to(ListingState.PUBLISHED, by=actor.person_id)
    await session.flush()
    await tell_if_visible(session, listing)
    return listing


async def pause_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    """Hide it from this commit on; orders that were placed go on."""
    listing = await managed(session, actor, listing_id)
    listing.move_to(ListingState.PAUSED, by=actor.person_id)
    await session.flush()
    return listing


async def hold_listing(session: AsyncSession, actor: Actor, listing_id: UUID, because: str) -> Listing:
    """By an operator: hidden from this commit on, and not shown again before `release_listing`. Raises NoSuchListing, Forbidden."""
    listing = await _for_operator(session, actor, listing_id)
    listing.held_because = because
    if listing.state is ListingState.PUBLISHED:
        listing.move_to(ListingState.PAUSED, by=actor.person_id, because=because)
    await session.flush()
    return listing


async def release_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    """By an operator: its seller may show it again. Whether it is shown is the seller's word. Raises NoSuchListing, Forbidden."""
    listing = await _for_operator(session, actor, listing_id)
    listing.held_because = None
    await session.flush()
    return listing


async def managed(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    """The listing, locked, for the owner of its shop. Raises NoSuchListing, NotYourStorefront."""
    listing = await queries.by_id_for_update(session, listing_id)
    if not policy.may_manage(actor, await storefronts.by_id(session, listing.storefront_id)):
        raise NotYourStorefront
    return listing


async def _for_operator(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    if not policy.may_suspend(actor):
        raise Forbidden
    return await queries.by_id_for_update(session, listing_id)


def _describe(listing: Listing, data: Described) -> None:
    listing.title, listing.description, listing.category = data.title, data.description, data.category
    listing.unit, listing.price, listing.lead_minutes = data.unit, data.price, data.lead_minutes
    listing.needs_credential = goods.credential_needed(data.title)
    if data.place is not None:
        listing.kelurahan_code = data.place.kelurahan_code
        listing.lat, listing.lon = data.place.point


async def tell_if_visible(session: AsyncSession, listing: Listing) -> None:
    """Who waits for such a thing hears of it, once it can be seen."""
    if await queries.is_visible(session, listing.id):
        await events.publish(session, events.ListingPublished(listing.id))
