"""Placing orders: stock, price, commission, orders, history, timers and the payment intent, in the caller's one transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor
from common.db import unit_of_work
from common.errors import Conflict
from marvec.orders import policy, queries
from marvec.orders.errors import SellerLimitReached
from marvec.orders.models import OrderGroup
from marvec.orders.schemas import GroupOut, PlaceOrders
from marvec.orders.service.drafting import Draft, Twin, Wish, draft_of, goods_for
from marvec.orders.service.writing import write_group
from marvec.orders.wishes import Delivery, Line


async def place_orders(
    session: AsyncSession, buyer: Actor, *, lines: list[Line], delivery: Delivery, client_key: str, needed_at: datetime | None = None
) -> OrderGroup:
    """Order what a cart holds: one order per seller, one intent for all. The same key by the same buyer gives the same group.

    Raises PriceChanged when a price is no longer what the buyer saw, NotForSale, OwnGoods, listings' OutOfStock, SellerLimitReached:
    nothing is placed then.
    """
    return (await _place(session, Wish(buyer.person_id, client_key, policy.merged(lines), delivery, needed_at))).group


async def place_and_show(session: AsyncSession, buyer: Actor, wanted: PlaceOrders) -> GroupOut:
    """`place_orders`, answered with what was just written: no further question while the stock's rows are locked."""
    wish = Wish(buyer.person_id, wanted.client_key, policy.merged(wanted.wanted()), wanted.where(), wanted.needed_at)
    made = await _place(session, wish)
    group, orders = made.group, made.orders if isinstance(made, Draft) else await queries.placed_of(session, made.group.id)
    return GroupOut.model_validate({"id": group.id, "total": group.total, "intent_id": group.intent_id, "orders": orders})


async def place_agreed(
    session: AsyncSession,
    buyer_id: UUID,
    *,
    line: Line,
    delivery: Delivery,
    offer_id: UUID,
    pay_by: datetime,
    needed_at: datetime | None = None,
) -> OrderGroup:
    """Order what an accepted offer says, at the offer's price, to be paid by `pay_by`. An offer makes one order, whoever asks and how
    often."""
    wish = Wish(buyer_id, f"offer:{offer_id}", policy.merged([line]), delivery, needed_at, offer_id, pay_by)
    return (await _place(session, wish)).group


async def _place(session: AsyncSession, wish: Wish) -> Draft | Twin:
    policy.check_delivery(wish.delivery)
    try:
        draft = draft_of(wish, await goods_for(session, wish))
    except Conflict:  # goods may have changed since the first press of the same button
        if (group := await queries.group_by_key(session, wish.buyer_id, wish.client_key)) is not None:
            return Twin(group)
        raise
    try:
        written = await write_group(session, draft)
    except SellerLimitReached as refusal:
        await session.rollback()  # its connection goes back first: many who are refused at once do not wait for one another's second one
        await _tell_the_seller(refusal)
        raise
    if written:
        return draft
    group = await queries.group_by_key(session, wish.buyer_id, wish.client_key)
    assert group is not None, "the client key is taken, by a group"
    return Twin(group)


async def _tell_the_seller(refusal: SellerLimitReached) -> None:
    """In a transaction of its own: the order's is over."""
    async with unit_of_work() as session:
        await events.publish(session, events.SaleTurnedAway(refusal.params["seller_id"], clock.today()))  # type: ignore[arg-type]  # a UUID
