"""What changes most: price and stock, from the row of a list."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from marvec.listings.errors import ListingChanged
from marvec.listings.models import Listing
from marvec.listings.schemas import QuickChange
from marvec.listings.service.describing import managed, tell_if_visible
from marvec.listings.service.stocking import restock


async def change_quickly(session: AsyncSession, actor: Actor, listing_id: UUID, data: QuickChange) -> Listing:
    """Price and stock at once, from a list. Raises ListingChanged when somebody edited since `data.version`."""
    listing = await managed(session, actor, listing_id)
    if listing.version != data.version:
        raise ListingChanged
    if listing.price != data.price:
        listing.price = data.price
        listing.version += 1
        await session.flush()
        await tell_if_visible(session, listing)
    await restock(session, actor, listing_id, free=data.stock)
    return listing
