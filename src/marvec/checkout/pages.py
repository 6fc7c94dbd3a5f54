"""The checkout's one page."""

from typing import Any

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards, ids
from common.account import queries as account
from common.actor import Actor
from common.web import page, reshow, see_other
from marvec.carts import service as carts
from marvec.carts.holders import holder_of
from marvec.carts.schemas import CartOut
from marvec.checkout import service
from marvec.checkout.schemas import Checkout


@get("/", guards=[guards.signed_in])
async def show_checkout(request: Request[Any, Any, Any], session: AsyncSession, actor: Actor) -> Response[Any]:
    holder, cookies = await holder_of(request, session, actor)
    cart = await carts.show(session, holder)
    if not cart.buyable:
        return see_other("/keranjang")
    answer = page("checkout/show.html", **await _shown(session, actor, cart))
    answer.cookies.extend(cookies)
    return answer


@post("/", guards=[guards.signed_in])
async def check_out(request: Request[Any, Any, Any], session: AsyncSession, actor: Actor) -> Response[Any]:
    cart = await carts.show(session, carts.Holder(actor.person_id))
    async with reshow(request, "checkout/show.html", **await _shown(session, actor, cart)) as form:
        group = await service.check_out(session, actor, form.parse(Checkout))
    return see_other(f"/bayar/{group.intent_id}")


async def _shown(session: AsyncSession, actor: Actor, cart: CartOut) -> dict[str, Any]:
    return {"cart": cart, "client_key": str(ids.uuid7()), "addresses": await account.addresses_of(session, actor.person_id)}


router = Router("/checkout", route_handlers=[show_checkout, check_out], include_in_schema=False)
