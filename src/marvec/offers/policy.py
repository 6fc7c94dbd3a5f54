"""Who may answer an offer, and how long it lives."""

from datetime import datetime, timedelta
from uuid import UUID

from common import clock
from common.actor import Actor
from common.errors import Invalid
from common.i18n import gettext as _
from common.states import NotFromHere
from marvec.offers.errors import NoSuchOffer, NotYourOffer, OfferOver
from marvec.offers.models import Offer, OfferState

LIFE, LONGEST_LIFE = timedelta(days=1), timedelta(days=14)
LEAST_TO_PAY = timedelta(hours=2)


def check_may_read(actor: Actor, offer: Offer) -> None:
    if actor.person_id not in (offer.buyer_id, offer.seller_id):
        raise NoSuchOffer


def check_may_answer(actor: Actor, offer: Offer, answer: OfferState) -> None:
    """The other side accepts, declines, counters; the author withdraws. Raises NoSuchOffer, NotYourOffer, OfferOver, NotFromHere."""
    check_may_read(actor, offer)
    whose = offer.author_id if answer is OfferState.WITHDRAWN else offer.other_id
    if actor.person_id != whose:
        raise NotYourOffer
    if offer.state is OfferState.EXPIRED or (offer.state is OfferState.OPEN and offer.expires_at <= clock.now()):
        raise OfferOver
    if not offer.may_move_to(answer):
        raise NotFromHere(offer.state, answer)


def end_of_life(wanted: datetime | None) -> datetime:
    """A day, unless the author says otherwise; at most two weeks."""
    now = clock.now()
    if wanted is not None and not now < wanted <= now + LONGEST_LIFE:
        raise Invalid({"expires_at": _("Batas waktu paling lama 14 hari dari sekarang.")})
    return wanted or now + LIFE


def answers_for(person_id: UUID, offer: Offer) -> list[OfferState]:
    """The buttons that a person sees on a card."""
    if offer.state is not OfferState.OPEN or offer.expires_at <= clock.now():
        return []
    return [OfferState.WITHDRAWN] if person_id == offer.author_id else [OfferState.ACCEPTED, OfferState.COUNTERED, OfferState.DECLINED]


def pay_by(offer: Offer) -> datetime:
    """An accepted offer is paid by its own end; who accepts in its last minute has two hours all the same."""
    return max(offer.expires_at, clock.now() + LEAST_TO_PAY)
