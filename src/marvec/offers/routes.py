"""Offers as JSON: made in a conversation; each answer is a resource of its own."""

from uuid import UUID

from litestar import Router, delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from marvec.chat import queries as chat
from marvec.offers import queries, service
from marvec.offers.schemas import Acceptance, AcceptedOut, Decline, OfferOut, Terms

READS, WRITES = guards.scope("orders:read"), guards.scope("orders:write")


@get("/conversations/{conversation_id:uuid}/offers", guards=[guards.signed_in, READS])
async def list_offers(session: AsyncSession, actor: Actor, conversation_id: UUID) -> list[OfferOut]:
    await chat.readable_by(session, actor, conversation_id)
    return [OfferOut.of(offer) for offer in await queries.of_conversation(session, conversation_id)]


@post("/conversations/{conversation_id:uuid}/offers", guards=[guards.signed_in, WRITES])
async def make_offer(session: AsyncSession, actor: Actor, conversation_id: UUID, data: Terms) -> OfferOut:
    return OfferOut.of(await service.make_offer(session, actor, conversation_id, data))


@post("/offers/{offer_id:uuid}/acceptance", guards=[guards.signed_in, WRITES])
async def accept(session: AsyncSession, actor: Actor, offer_id: UUID, data: Acceptance | None = None) -> AcceptedOut:
    return await service.show_accepted(session, await service.accept(session, actor, offer_id, data))


@post("/offers/{offer_id:uuid}/counter", guards=[guards.signed_in, WRITES])
async def counter(session: AsyncSession, actor: Actor, offer_id: UUID, data: Terms) -> OfferOut:
    return OfferOut.of(await service.counter(session, actor, offer_id, data))


@post("/offers/{offer_id:uuid}/refusal", guards=[guards.signed_in, WRITES])
async def decline(session: AsyncSession, actor: Actor, offer_id: UUID, data: Decline | None = None) -> OfferOut:
    return OfferOut.of(await service.decline(session, actor, offer_id, because=data.because if data else ""))


@delete("/offers/{offer_id:uuid}", guards=[guards.signed_in, WRITES], status_code=200)
async def withdraw(session: AsyncSession, actor: Actor, offer_id: UUID) -> OfferOut:
    return OfferOut.of(await service.withdraw(session, actor, offer_id))


router = Router("/api/v1", route_handlers=[list_offers, make_offer, accept, counter, decline, withdraw], tags=["offers"])
