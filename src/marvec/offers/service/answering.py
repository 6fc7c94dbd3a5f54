"""Answering an offer. Accepting is the moment of the deal: stock, price, order and intent in one commit, once."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from common.identity import queries as identity
from marvec.offers import policy, queries
from marvec.offers.models import Offer, OfferState
from marvec.offers.schemas import Acceptance, AcceptedOut, Terms
from marvec.offers.service.making import make_offer
from marvec.offers.service.telling import tell
from marvec.orders import queries as orders
from marvec.orders import service as ordering

if TYPE_CHECKING:
    from marvec.orders.models import Order


async def accept(session: AsyncSession, actor: Actor, offer_id: UUID, given: Acceptance | None = None) -> "Order":
    """The order that the offer becomes. Accepting again gives the same order; the lock and `orders.offer_id` make it one.

    Raises OfferOver, NotYourOffer, listings' OutOfStock, Invalid when a courier has no address: the offer then stays open.
    """
    offer = await _locked(session, offer_id)
    if offer.state is OfferState.ACCEPTED:
        policy.check_may_read(actor, offer)
        return await _order_of(session, offer)
    policy.check_may_answer(actor, offer, OfferState.ACCEPTED)
    await ordering.place_agreed(
        session,
        offer.buyer_id,
        line=ordering.Line(offer.listing_id, offer.quantity, offer.unit_price),
        delivery=(given or Acceptance()).delivery_of(offer),
        offer_id=offer.id,
        pay_by=policy.pay_by(offer),
        needed_at=offer.needed_at,
    )
    await _move(session, offer, OfferState.ACCEPTED, by=actor.person_id)
    return await _order_of(session, offer)


async def show_accepted(session: AsyncSession, order: "Order") -> AcceptedOut:
    group = await orders.group_of(session, order)
    assert order.offer_id is not None
    return AcceptedOut(
        offer_id=order.offer_id,
        group_id=group.id,
        intent_id=group.intent_id,
        order_id=order.id,
        reference=order.reference,
        total=order.total,
    )


async def decline(session: AsyncSession, actor: Actor, offer_id: UUID, *, because: str = "") -> Offer:
    return await _answer(session, actor, offer_id, OfferState.DECLINED, because)


async def withdraw(session: AsyncSession, actor: Actor, offer_id: UUID) -> Offer:
    return await _answer(session, actor, offer_id, OfferState.WITHDRAWN, "")


async def counter(session: AsyncSession, actor: Actor, offer_id: UUID, terms: Terms) -> Offer:
    """Answer with other terms: the old offer is over, the new one is returned."""
    await _locked(session, offer_id)
    old = await _answer(session, actor, offer_id, OfferState.COUNTERED, "")
    return await make_offer(session, actor, old.conversation_id, terms, counters_id=old.id)


async def expire(session: AsyncSession, offer_id: UUID) -> None:
    """Its time is over; whoever answered meanwhile was faster."""
    offer = await queries.by_id_for_update(session, offer_id)
    if offer.state is OfferState.OPEN:
        await _move(session, offer, OfferState.EXPIRED, by=None)


async def end_all_of(session: AsyncSession, person_id: UUID) -> None:
    """Who leaves takes her own offers back and declines the others'."""
    for offer in await queries.open_of_for_update(session, person_id):
        new = OfferState.WITHDRAWN if offer.author_id == person_id else OfferState.DECLINED
        await _move(session, offer, new, by=person_id)


async def _locked(session: AsyncSession, offer_id: UUID) -> Offer:
    """Before a deed that binds both sides: who closes an account holds the person first, then ends the person's offers."""
    offer = await queries.by_id(session, offer_id)
    await identity.hold_open(session, offer.buyer_id, offer.seller_id)
    return await queries.by_id_for_update(session, offer_id)


async def _answer(session: AsyncSession, actor: Actor, offer_id: UUID, answer: OfferState, because: str) -> Offer:
    offer = await queries.by_id_for_update(session, offer_id)
    policy.check_may_answer(actor, offer, answer)
    await _move(session, offer, answer, by=actor.person_id, because=because)
    return offer


async def _move(session: AsyncSession, offer: Offer, new: OfferState, *, by: UUID | None, because: str = "") -> None:
    offer.move_to(new, by=by, because=because)
    await session.flush()
    await tell(session, offer, by=by)


async def _order_of(session: AsyncSession, offer: Offer) -> "Order":
    order = await orders.by_offer(session, offer.id)
    assert order is not None
    return order
