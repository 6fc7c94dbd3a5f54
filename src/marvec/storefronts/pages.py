"""A seller's desk: her shops, a new one, and each one's data. What a shop sells is shown by the listings' pages."""

from typing import Any

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import front, guards
from common.actor import Actor
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from marvec.storefronts import guide, policy, queries, service
from marvec.storefronts.errors import NotYourStorefront
from marvec.storefronts.models import Storefront
from marvec.storefronts.schemas import EditStorefront, OpenStorefront

MOST_GUIDED = 3
"""Shops whose first day is shown: each costs a few reads, and who has more of them knows the way."""
Asked = Request[Any, Any, Any]


@get("/toko/baru", guards=[guards.signed_in])
async def new_storefront(actor: Actor) -> Response[Any]:
    return page("storefronts/new.html", confirmed=actor.assurance >= policy.SELLS_FROM)


@post("/toko/baru", guards=[guards.signed_in])
async def open_storefront(request: Asked, session: AsyncSession, actor: Actor) -> Response[Any]:
    async with reshow(request, "storefronts/new.html", confirmed=actor.assurance >= policy.SELLS_FROM) as form:
        shop = await service.open_storefront(session, actor, form.parse(OpenStorefront))
    return see_other(f"/toko-saya/{shop.slug}/barang/baru", toast=_("Toko ta’ sudah buka mi."))  # the next step of the first day


@get("/toko-saya", guards=[guards.signed_in])
async def my_storefronts(session: AsyncSession, actor: Actor) -> Response[Any]:
    shops = await queries.owned_by(session, actor.person_id)
    guides = {shop.id: await guide.first_day(session, shop) for shop in shops[:MOST_GUIDED]}
    waiting = [one for one in await front.waiting_for(session, actor) if one.link.startswith("/toko-saya")]
    pieces = await front.pieces_for("seller", session, actor, shops)
    return page("storefronts/mine.html", shops=shops, guides=guides, waiting=waiting, pieces=pieces)


@get("/toko-saya/{slug:str}", guards=[guards.signed_in])
async def edit_page(session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    shop = await _mine(session, actor, slug)
    return page("storefronts/edit.html", shop=shop, form=Form.filled(**shop.model_dump()))


@post("/toko-saya/{slug:str}", guards=[guards.signed_in])
async def edit_storefront(request: Asked, session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    shop = await _mine(session, actor, slug)
    async with reshow(request, "storefronts/edit.html", shop=shop) as form:
        await service.edit_storefront(session, actor, shop.id, form.parse(EditStorefront))
    return see_other(f"/toko-saya/{slug}", toast=_("Tersimpan mi."))


@post("/toko-saya/{slug:str}/jeda", guards=[guards.signed_in])
async def pause_storefront(session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    await service.pause_storefront(session, actor, (await _mine(session, actor, slug)).id)
    return see_other("/toko-saya", toast=_("Toko ditutup sementara. Barangnya tidak tampil sampai dibuka lagi."))


@post("/toko-saya/{slug:str}/buka", guards=[guards.signed_in])
async def resume_storefront(session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    await service.resume_storefront(session, actor, (await _mine(session, actor, slug)).id)
    return see_other("/toko-saya", toast=_("Toko ta’ sudah buka mi."))


async def _mine(session: AsyncSession, actor: Actor, slug: str) -> Storefront:
    shop = await queries.by_slug(session, slug)
    if not policy.may_manage(actor, shop):
        raise NotYourStorefront
    return shop


router = Router(
    "/",
    route_handlers=[
        new_storefront, open_storefront, my_storefronts, edit_page, edit_storefront, pause_storefront, resume_storefront,
    ],
    include_in_schema=False,
)  # fmt: skip
