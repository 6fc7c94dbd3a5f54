"""Placing orders: stock, price, commission, orders, history, timers and the payment intent, in the caller's one transaction."""

from datetime import datetime
from uuid import UUID

from common.payments import service as payments
from sqlalchemy.ext.asyncio import AsyncSession

from common.identity.actor import Actor
from marvec.listings import service as stock
from marvec.orders import policy, queries
from marvec.orders.models import OrderGroup
from marvec.orders.schemas import Delivery, Line
from marvec.orders.service.drafting import Wish, draft_of, goods_for
from marvec.orders.service.writing import write_group


async def place_orders(
    session: AsyncSession, buyer: Actor, *, lines: list[Line], delivery: Delivery, client_key: str, needed_at: datetime | None = None
) -> OrderGroup:
    """Order what a cart holds: one order per seller, one intent for all. The same key by the same buyer gives the same group.

    Raises PriceChanged when a price is no longer what the buyer saw, NotForSale, OwnGoods, listings' OutOfStock: nothing is placed then.
    """
    return await _place(session, Wish(buyer.person_id, client_key, policy.merged(lines), delivery, needed_at))


async def place_agreed(
    session: AsyncSession, buyer_id: UUID, *, line: Line, delivery: Delivery, offer_id: UUID, needed_at: datetime | None = None
) -> OrderGroup:
    """Order what an accepted offer says, at the offer's price. An offer makes one order, whoever asks and how often."""
    return await _place(session, Wish(buyer_id, f"offer:{offer_id}", policy.merged([line]), delivery, needed_at, offer_id))


async def _place(session: AsyncSession, wish: Wish) -> OrderGroup:
    known = await queries.group_by_key(session, wish.buyer_id, wish.client_key)
    if known is not None:
        return known
    policy.check_delivery(wish.delivery)
    draft = draft_of(wish, await goods_for(session, wish))
    if not await write_group(session, draft):
        return await _twin(session, wish)
    await payments.open_intent(
        session,
        payer_id=wish.buyer_id,
        purpose="order_group",
        purpose_id=draft.group.id,
        amount=draft.group.total,
        expires_at=draft.expires_at,
        intent_id=draft.group.intent_id,
    )
    # Last, so that the row of an item that everybody wants is locked for the shortest time.
    await stock.reserve(session, {line.listing_id: line.quantity for line in wish.lines})
    return draft.group


async def _twin(session: AsyncSession, wish: Wish) -> OrderGroup:
    """The group that the other press of the same button has committed meanwhile."""
    group = await queries.group_by_key(session, wish.buyer_id, wish.client_key)
    assert group is not None
    return group
