"""Offers as pages: the form within a conversation, and an offer with the answers that the reader may give."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.account import queries as account
from common.actor import Actor
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from marvec.chat import queries as chat
from marvec.listings import queries as listings
from marvec.offers import policy, queries, service
from marvec.offers.models import Offer
from marvec.offers.schemas import Acceptance, Terms
from marvec.offers.wording import STATES
from marvec.orders import queries as orders
from marvec.storefronts import queries as storefronts

Asked = Request[Any, Any, Any]


@get("/pesan/{conversation_id:uuid}/tawaran", guards=[guards.signed_in])
async def new_offer(session: AsyncSession, actor: Actor, conversation_id: UUID) -> Response[Any]:
    return page("offers/new.html", **await _choices(session, actor, conversation_id), old=None)


@post("/pesan/{conversation_id:uuid}/tawaran", guards=[guards.signed_in])
async def make_offer(request: Asked, session: AsyncSession, actor: Actor, conversation_id: UUID) -> Response[Any]:
    choices = await _choices(session, actor, conversation_id)
    async with reshow(request, "offers/new.html", **choices, old=None) as form:
        await service.make_offer(session, actor, conversation_id, form.parse(Terms))
    return see_other(f"/pesan/{conversation_id}")


@get("/tawaran/{offer_id:uuid}", guards=[guards.signed_in])
async def show_offer(session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    """The buyer's first address stands in the form already."""
    kept = await account.addresses_of(session, actor.person_id)
    form = Form.filled(address=kept[0].line(), kelurahan_code=kept[0].kelurahan_code) if kept else Form()
    return page("offers/show.html", **await _shown(session, actor, offer_id), form=form)


@post("/tawaran/{offer_id:uuid}/terima", guards=[guards.signed_in])
async def accept(request: Asked, session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    """The buyer goes on to pay; the seller to the order."""
    shown = await _shown(session, actor, offer_id)
    async with reshow(request, "offers/show.html", **shown) as form:
        order = await service.accept(session, actor, offer_id, form.parse(Acceptance))
        accepted = await service.show_accepted(session, order)
    is_buyer = order.buyer_id == actor.person_id
    return see_other(f"/bayar/{accepted.intent_id}" if is_buyer else f"/pesan/{shown['offer'].conversation_id}")


@post("/tawaran/{offer_id:uuid}/tolak", guards=[guards.signed_in])
async def decline(session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    offer = await service.decline(session, actor, offer_id)
    return see_other(f"/pesan/{offer.conversation_id}", toast=_("Tawaran ditolak."))


@post("/tawaran/{offer_id:uuid}/tarik", guards=[guards.signed_in])
async def withdraw(session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    offer = await service.withdraw(session, actor, offer_id)
    return see_other(f"/pesan/{offer.conversation_id}", toast=_("Tawaran ditarik."))


@get("/tawaran/{offer_id:uuid}/balas", guards=[guards.signed_in])
async def counter_form(session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    old = await _mine(session, actor, offer_id)
    form = Form.filled(**old.model_dump(include=set(Terms.model_fields) - {"expires_at", "needed_at"}))
    return page("offers/new.html", **await _choices(session, actor, old.conversation_id), old=old, form=form)


@post("/tawaran/{offer_id:uuid}/balas", guards=[guards.signed_in])
async def counter(request: Asked, session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    old = await _mine(session, actor, offer_id)
    async with reshow(request, "offers/new.html", **await _choices(session, actor, old.conversation_id), old=old) as form:
        await service.counter(session, actor, offer_id, form.parse(Terms))
    return see_other(f"/pesan/{old.conversation_id}")


async def _mine(session: AsyncSession, actor: Actor, offer_id: UUID) -> Offer:
    offer = await queries.by_id(session, offer_id)
    policy.check_may_read(actor, offer)
    return offer


async def _shown(session: AsyncSession, actor: Actor, offer_id: UUID) -> dict[str, Any]:
    offer = await _mine(session, actor, offer_id)
    order = await orders.by_offer(session, offer_id)
    return {"offer": offer, "order": order, "answers": policy.answers_for(actor.person_id, offer), "states": STATES}


async def _choices(session: AsyncSession, actor: Actor, conversation_id: UUID) -> dict[str, Any]:
    """What may be offered here: the visible goods of the people in the conversation."""
    conversation = await chat.readable_by(session, actor, conversation_id)
    goods = [
        item
        for person_id in await chat.people_of(session, conversation_id)
        for shop in await storefronts.owned_by(session, person_id)
        for item in await listings.of_storefront(session, shop.id, only_visible=True)
    ]
    return {"conversation": conversation, "goods": goods}


router = Router(
    "/",
    route_handlers=[new_offer, make_offer, show_offer, accept, decline, withdraw, counter_form, counter],
    include_in_schema=False,
)
