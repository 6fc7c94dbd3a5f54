"""Answering a request: the seller opens a conversation; offers made in it show on the request's page."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events, live
from common.actor import Actor
from marvec.chat import service as chat
from marvec.matching import policy, queries
from marvec.matching.models import RequestState
from marvec.matching.service.asking import end
from marvec.matching.service.telling import SUBJECT

if TYPE_CHECKING:
    from marvec.chat.models import Conversation


async def open_conversation(session: AsyncSession, actor: Actor, match_id: UUID) -> "Conversation":
    """The seller of a match talks to the buyer ("Buat tawaran"); one conversation for each request and seller."""
    match = await queries.match_by_id(session, match_id)
    policy.check_is_seller(actor, match)
    request = await queries.open_request_of(session, match)
    people = {match.buyer_id, match.seller_id}
    return await chat.open_conversation(session, kind=SUBJECT, subject_id=request.id, people=people, title=request.what)


async def hear_offer(session: AsyncSession, event: events.OfferMoved) -> None:
    """An offer in a request's conversation arrives on its page; the accepted one ends the request."""
    if event.subject_kind != SUBJECT or event.subject_id is None:
        return
    request = await queries.by_id_for_update(session, event.subject_id)
    seen = {"type": "offer", "offer_id": event.offer_id, "conversation_id": event.conversation_id, "state": event.state}
    await live.tell(session, f"request:{request.id}", seen)
    if event.state == "accepted" and request.state is RequestState.OPEN:
        await end(session, request, RequestState.MATCHED, by=request.buyer_id, taken_in=event.conversation_id)
