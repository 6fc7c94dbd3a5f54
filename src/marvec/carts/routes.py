"""The cart as JSON, for a signed-in person."""

from uuid import UUID

from litestar import Router, delete, get, post, put
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from marvec.carts import service
from marvec.carts.schemas import CartOut, PutLine, SetQuantity
from marvec.carts.service import Holder

READS, WRITES = guards.scope("orders:read"), guards.scope("orders:write")


@get("/", guards=[guards.signed_in, READS])
async def show_cart(session: AsyncSession, actor: Actor) -> CartOut:
    return await service.show(session, Holder(actor.person_id))


@post("/lines", guards=[guards.signed_in, WRITES])
async def put_line(session: AsyncSession, actor: Actor, data: PutLine) -> CartOut:
    await service.put(session, Holder(actor.person_id), data)
    return await service.show(session, Holder(actor.person_id))


@put("/lines/{listing_id:uuid}", guards=[guards.signed_in, WRITES])
async def set_quantity(session: AsyncSession, actor: Actor, listing_id: UUID, data: SetQuantity) -> CartOut:
    await service.set_quantity(session, Holder(actor.person_id), listing_id, data.quantity)
    return await service.show(session, Holder(actor.person_id))


@delete("/lines/{listing_id:uuid}", guards=[guards.signed_in, WRITES])
async def take_line_out(session: AsyncSession, actor: Actor, listing_id: UUID) -> None:
    await service.take_out(session, Holder(actor.person_id), [listing_id])


router = Router("/api/v1/cart", route_handlers=[show_cart, put_line, set_quantity, take_line_out], tags=["cart"])
