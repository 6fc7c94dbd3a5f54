"""Asking a seller: the conversation about a listing."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from marvec.chat.errors import OwnGoods
from marvec.chat.service.talking import open_conversation
from marvec.listings import queries as listings

if TYPE_CHECKING:
    from marvec.chat.models import Conversation

LISTING = "listing"


async def ask_seller(session: AsyncSession, actor: Actor, listing_id: UUID) -> "Conversation":
    """The one conversation of a buyer and a seller about this listing. Raises NoSuchListing (also when it may not be shown), OwnGoods."""
    listing = await listings.visible_by_id(session, listing_id)
    if listing.seller_id == actor.person_id:
        raise OwnGoods
    people = {actor.person_id, listing.seller_id}
    return await open_conversation(session, kind=LISTING, subject_id=listing.id, people=people, title=listing.title)
