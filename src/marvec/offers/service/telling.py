"""What the other side sees: the offer's card in the chat, a line in the inbox, and the fact for other rooms."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events
from common.i18n import N_
from common.money import rupiah
from common.notifications import service as notifications
from marvec.chat import service as chat
from marvec.offers.models import Offer, OfferState
from marvec.offers.schemas import OfferOut

TEXTS = {
    OfferState.OPEN: N_("Tawaran: %(quantity)s %(unit)s %(title)s, %(total)s."),
    OfferState.ACCEPTED: N_("Tawaran %(title)s diterima: %(total)s."),
    OfferState.DECLINED: N_("Tawaran %(title)s ditolak."),
    OfferState.COUNTERED: N_("Tawaran %(title)s dibalas dengan tawaran lain."),
    OfferState.WITHDRAWN: N_("Tawaran %(title)s ditarik."),
    OfferState.EXPIRED: N_("Tawaran %(title)s sudah lewat waktu."),
}


async def tell(session: AsyncSession, offer: Offer, *, by: UUID | None) -> None:
    """At its birth and at each move, in its transaction. What time does is posted in its author's name."""
    params = {"quantity": offer.quantity, "unit": offer.unit, "title": offer.title, "total": rupiah(offer.total)}
    text = TEXTS[offer.state]
    await chat.post(
        session,
        by or offer.author_id,
        offer.conversation_id,
        client_id=f"offer:{offer.id}:{offer.state}",
        text=text % params,
        card=chat.Card("offer", offer.id, OfferOut.of(offer).model_dump(mode="json")),
    )
    for person_id in {offer.buyer_id, offer.seller_id} - {by}:
        link = f"/pesan/{offer.conversation_id}"
        await notifications.notify(session, person_id, kind=f"offer.{offer.state}", text=text, params=params, link=link)
    await events.publish(session, events.OfferMoved(offer.id, offer.conversation_id, offer.subject_kind, offer.subject_id, offer.state))
