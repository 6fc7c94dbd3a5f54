"""What the cart keeps of a person: nothing that outlives the account."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import personal
from marvec.carts import queries
from marvec.carts.models import Cart, CartLine


@personal.exports("keranjang")
async def in_the_cart(session: AsyncSession, person_id: UUID) -> Any:
    cart = await queries.of_person(session, person_id)
    return [one.model_dump(exclude={"cart_id"}) for one in await queries.lines_of(session, cart.id)] if cart else []


@personal.forgets("marvec.carts")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    cart = await queries.of_person(session, person_id)
    if cart is not None:
        await session.execute(delete(CartLine).where(col(CartLine.cart_id) == cart.id))
        await session.execute(delete(Cart).where(col(Cart.id) == cart.id))
