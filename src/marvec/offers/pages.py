"""Offers as pages: the form within a conversation, and an offer with the answers that the reader may give."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.account import queries as account
from common.actor import Actor
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from marvec.chat import queries as chat
from marvec.offers import policy, queries, service
from marvec.offers.models import Offer
from marvec.offers.schemas import Acceptance, Decline, Terms
from marvec.offers.wording import STATES
from marvec.orders import queries as orders

if TYPE_CHECKING:
    from marvec.chat.models import Conversation
    from marvec.listings.models import Listing

Asked = Request[Any, Any, Any]
Words = Annotated[str, QueryParameter(name="cari", max_length=80)]


@get("/pesan/{conversation_id:uuid}/tawaran", guards=[guards.signed_in])
async def new_offer(session: AsyncSession, actor: Actor, conversation_id: UUID, cari: Words = "") -> Response[Any]:
    """Starts on what the talk is about; who looks for another thing starts on the first that is found."""
    conversation = await chat.readable_by(session, actor, conversation_id)
    start = await service.start_of(session, conversation)
    context = await _choices(session, conversation, cari, None if cari else start.listing_id, start.needed_at)
    return page("offers/new.html", **context, old=None, form=_begun(context["goods"], start))


@post("/pesan/{conversation_id:uuid}/tawaran", guards=[guards.signed_in])
async def make_offer(request: Asked, session: AsyncSession, actor: Actor, conversation_id: UUID) -> Response[Any]:
    conversation = await chat.readable_by(session, actor, conversation_id)
    choices = await _choices(session, conversation, "", await _chosen(request))
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
    return see_other(f"/bayar/{accepted.intent_id}" if is_buyer else f"/pesanan/{order.reference}")


@get("/tawaran/{offer_id:uuid}/pesanan", guards=[guards.signed_in])
async def show_order(session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    """To the order that an accepted offer became; to the offer while it is none."""
    await _mine(session, actor, offer_id)
    order = await orders.by_offer(session, offer_id)
    return see_other(f"/pesanan/{order.reference}" if order else f"/tawaran/{offer_id}")


@post("/tawaran/{offer_id:uuid}/tolak", guards=[guards.signed_in])
async def decline(request: Asked, session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    """With a word why, where there is one."""
    async with reshow(request, "offers/show.html", **await _shown(session, actor, offer_id)) as form:
        offer = await service.decline(session, actor, offer_id, because=form.parse(Decline).because)
    return see_other(f"/pesan/{offer.conversation_id}", toast=_("Tawaran ditolak."))


@post("/tawaran/{offer_id:uuid}/tarik", guards=[guards.signed_in])
async def withdraw(session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    offer = await service.withdraw(session, actor, offer_id)
    return see_other(f"/pesan/{offer.conversation_id}", toast=_("Tawaran ditarik."))


@get("/tawaran/{offer_id:uuid}/balas", guards=[guards.signed_in])
async def counter_form(session: AsyncSession, actor: Actor, offer_id: UUID, cari: Words = "") -> Response[Any]:
    """Starts on the terms that are answered."""
    old = await _mine(session, actor, offer_id)
    conversation = await chat.readable_by(session, actor, old.conversation_id)
    choices = await _choices(session, conversation, cari, None if cari else old.listing_id, old.needed_at)
    terms = old.model_dump(include=set(Terms.model_fields) - {"expires_at", "needed_at"})
    return page("offers/new.html", **choices, old=old, form=Form.filled(**terms, needed_at=_iso(old.needed_at)))


@post("/tawaran/{offer_id:uuid}/balas", guards=[guards.signed_in])
async def counter(request: Asked, session: AsyncSession, actor: Actor, offer_id: UUID) -> Response[Any]:
    old = await _mine(session, actor, offer_id)
    conversation = await chat.readable_by(session, actor, old.conversation_id)
    choices = await _choices(session, conversation, "", await _chosen(request))
    async with reshow(request, "offers/new.html", **choices, old=old) as form:
        await service.counter(session, actor, offer_id, form.parse(Terms))
    return see_other(f"/pesan/{old.conversation_id}")


async def _mine(session: AsyncSession, actor: Actor, offer_id: UUID) -> Offer:
    offer = await queries.by_id(session, offer_id)
    policy.check_may_read(actor, offer)
    return offer


async def _shown(session: AsyncSession, actor: Actor, offer_id: UUID) -> dict[str, Any]:
    offer = await _mine(session, actor, offer_id)
    order = await orders.by_offer(session, offer_id)
    answers = policy.answers_for(actor.person_id, offer)
    return {"offer": offer, "order": order, "answers": answers, "states": STATES, "pay_by": policy.pay_by(offer)}


async def _choices(
    session: AsyncSession, conversation: "Conversation", words: str, first: UUID | None, needed: datetime | None = None
) -> dict[str, Any]:
    found = await service.choices_in(session, conversation, words, first)
    return {"conversation": conversation, "goods": found.goods, "more": found.more, "words": words, "needed": needed}


async def _chosen(request: Asked) -> UUID | None:
    """The listing that a sent form names, so that it stands among the goods when the form is shown again."""
    try:
        return UUID(str((await request.form()).get("listing_id", "")))
    except ValueError:
        return None


def _begun(goods: "list[Listing]", start: service.Start) -> Form:
    """The thing that the talk is about, as often and at most as dear as it is wanted."""
    first = next(iter(goods), None)
    if first is None:
        return Form()
    is_meant = first.id == start.listing_id
    price = start.unit_price if is_meant and start.unit_price else first.price
    return Form.filled(listing_id=first.id, quantity=start.quantity, unit_price=price, needed_at=_iso(start.needed_at))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


router = Router(
    "/",
    route_handlers=[new_offer, make_offer, show_offer, show_order, accept, decline, withdraw, counter_form, counter],
    include_in_schema=False,
)
