"""Making an offer, within a conversation of two."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.actor import Actor
from marvec.chat import queries as chat
from marvec.listings import queries as listings
from marvec.listings import service as goods
from marvec.offers import policy
from marvec.offers.errors import NotBetweenYou
from marvec.offers.models import Offer
from marvec.offers.schemas import Terms
from marvec.offers.service.telling import tell
from marvec.orders.errors import NotForSale

EXPIRE = "offers.expire"


async def make_offer(session: AsyncSession, actor: Actor, conversation_id: UUID, terms: Terms, *, counters_id: UUID | None = None) -> Offer:
    """Put `terms` to the other person of the conversation; its card appears in the chat.

    Raises chat's NotFound for strangers, NotForSale, NotBetweenYou when the listing belongs to neither, Prohibited for a note that
    offers what nobody may sell.
    """
    goods.check_words(terms.note)
    conversation = await chat.readable_by(session, actor, conversation_id)
    people = await chat.people_of(session, conversation_id)
    item = next(iter(await listings.for_sale(session, [terms.listing_id])), None)
    if item is None:
        raise NotForSale(listing_id=terms.listing_id)
    others = people - {item.seller_id}
    if item.seller_id not in people or len(others) != 1:
        raise NotBetweenYou
    offer = Offer(
        **terms.model_dump(exclude={"expires_at"}),
        conversation_id=conversation_id,
        subject_kind=conversation.kind,
        subject_id=conversation.subject_id,
        author_id=actor.person_id,
        buyer_id=others.pop(),
        seller_id=item.seller_id,
        title=item.title,
        unit=item.unit,
        counters_id=counters_id,
        expires_at=policy.end_of_life(terms.expires_at),
        moved_by=actor.person_id,
    )
    session.add(offer)
    await session.flush()
    await outbox.enqueue(session, EXPIRE, key=f"offer:{offer.id}:open", run_at=offer.expires_at, offer_id=str(offer.id))
    await tell(session, offer, by=actor.person_id)
    return offer
