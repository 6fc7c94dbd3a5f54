"""Buying what the cart holds."""

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from marvec.carts import service as carts
from marvec.checkout.schemas import Checkout
from marvec.orders import service as orders

if TYPE_CHECKING:
    from marvec.orders.models import OrderGroup


async def check_out(session: AsyncSession, actor: Actor, wanted: Checkout) -> "OrderGroup":
    """Place the orders and take their goods out of the cart, in one transaction. Raises what `orders.place_orders` raises."""
    group = await orders.place_orders(session, actor, lines=wanted.wanted(), delivery=wanted.delivery(), client_key=wanted.client_key)
    await carts.take_out(session, carts.Holder(actor.person_id), [line.listing_id for line in wanted.lines])
    return group
