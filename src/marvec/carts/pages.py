"""The cart as a page: works before sign-in, too."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.i18n import gettext as _
from common.web import Form, page, see_other
from marvec.carts import service
from marvec.carts.holders import holder_of
from marvec.carts.schemas import PutLine, SetQuantity


@get("/", guards=[guards.public])
async def show_cart(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None) -> Response[Any]:
    holder, cookies = await holder_of(request, session, visitor)
    answer = page("carts/show.html", cart=await service.show(session, holder))
    answer.cookies.extend(cookies)
    return answer


@post("/", guards=[guards.public])
async def put_line(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None) -> Response[Any]:
    """From a listing's page; an error is shown as a page of its own."""
    holder, cookies = await holder_of(request, session, visitor)
    await service.put(session, holder, Form.sent(await request.form()).parse(PutLine))
    answer = see_other("/keranjang", toast=_("Masuk keranjang mi."))
    answer.cookies.extend(cookies)
    return answer


@post("/{listing_id:uuid}", guards=[guards.public])
async def set_quantity(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None, listing_id: UUID) -> Response[Any]:
    holder, cookies = await holder_of(request, session, visitor)
    wanted = Form.sent(await request.form()).parse(SetQuantity)
    await service.set_quantity(session, holder, listing_id, wanted.quantity)
    answer = see_other("/keranjang")
    answer.cookies.extend(cookies)
    return answer


router = Router("/keranjang", route_handlers=[show_cart, put_line, set_quantity], include_in_schema=False)
