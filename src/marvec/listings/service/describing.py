"""Putting a thing on offer and saying what it is."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor
from common.errors import Forbidden
from marvec.listings import goods, naming, queries
from marvec.listings.errors import HeldBack, ListingChanged
from marvec.listings.models import Listing, ListingState, ListingStock
from marvec.listings.schemas import CreateListing, Described, EditListing
from marvec.listings.service import judging
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
    """Who waits for such a thing hears of it when it is visible. Raises ListingChanged when somebody edited since `data.version`.

    What is shown keeps to the rules: Prohibited, GoodUnclear. Without its credential it is hidden, until there is one.
    """
    listing = await managed(session, actor, listing_id)
    if listing.version != data.version:
        raise ListingChanged
    _describe(listing, data)
    if listing.state is ListingState.PUBLISHED:
        judging.check_listing(listing)
    listing.version += 1
    await session.flush()
    await tell_if_visible(session, listing)
    return listing


async def publish_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    """Show it. Raises NotConfirmedYet, HeldBack, Prohibited, GoodUnclear; CredentialNeeded when the law asks for one that the seller has
    not (any more)."""
    listing = await managed(session, actor, listing_id)
    policy.must_be_confirmed(actor)
    if listing.held_because is not None:
        raise HeldBack(because=listing.held_because)
    if (found := await judging.obstacle(session, listing)) is not None:
        raise found
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
    await hold(session, listing, because, by=actor.person_id)
    return listing


async def hold(session: AsyncSession, listing: Listing, because: str, *, by: UUID | None) -> None:
    """Hide a locked listing, and remember whether it was shown: whoever lifts this shows it again."""
    listing.held_because = because
    listing.shown_when_held = listing.shown_when_held or listing.state is ListingState.PUBLISHED
    if listing.state is ListingState.PUBLISHED:
        listing.move_to(ListingState.PAUSED, by=by, because=because)
    await session.flush()


async def release_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    """By an operator: what was shown when it was held is shown again, the rest its seller may show. Raises NoSuchListing, Forbidden."""
    listing = await _for_operator(session, actor, listing_id)
    shown, listing.held_because, listing.shown_when_held = listing.shown_when_held, None, False
    await session.flush()
    if shown and listing.state is ListingState.PAUSED:
        listing.move_to(ListingState.PUBLISHED, by=actor.person_id)
        await session.flush()
        await tell_if_visible(session, listing)
    return listing


async def clear_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Listing:
    """By an operator, who looked at its words and found nothing wrong: they keep it from nobody, until they change. It is released, too."""
    listing = await _for_operator(session, actor, listing_id)
    listing.cleared = judging.fingerprint(listing)
    return await release_listing(session, actor, listing_id)


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
    listing.good = _good_of(listing, data)
    listing.title, listing.description, listing.category = data.title, data.description, data.category
    listing.unit, listing.price, listing.lead_minutes = data.unit, data.price, data.lead_minutes
    listing.needs_credential = credential_of(listing)
    if data.place is not None:
        listing.kelurahan_code = data.place.kelurahan_code
        listing.lat, listing.lon = data.place.point


def _good_of(listing: Listing, data: Described) -> str | None:
    """What the seller chose; else what a new title names; else what it was. A choice that only came along with a new title is no choice."""
    renamed = listing.title != data.title
    if data.good is not None and not (renamed and data.good == listing.good):
        return data.good
    if not renamed and listing.good is not None:
        return listing.good
    suggestion = naming.suggested(data.title)
    return suggestion.name if suggestion is not None else listing.good


def credential_of(listing: Listing) -> str | None:
    """By its good and category; where there is no word on the good, a kind that the title names counts as well."""
    by_rule = goods.credential_for(goods.by_name(listing.good) if listing.good else None, listing.category)
    named = naming.named_in(listing.title) if listing.good is None else None
    return by_rule or (named.credential if named else None)


async def tell_if_visible(session: AsyncSession, listing: Listing) -> None:
    """Who waits for such a thing hears of it, once it can be seen."""
    if await queries.is_visible(session, listing.id):
        await events.publish(session, events.ListingPublished(listing.id))
