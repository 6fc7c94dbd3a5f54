"""Requests, the talk about them, and offers: each in every state that it may end in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor
from marvec.chat import queries as talks
from marvec.chat import service as chat
from marvec.listings import queries as listings
from marvec.matching import service as matching
from marvec.matching.schemas import PostRequest
from marvec.offers import service as offers
from marvec.offers.models import Offer, OfferState
from marvec.offers.schemas import Acceptance, Terms
from marvec.orders.machine import Handover, Party
from marvec.seed import people, trade
from marvec.seed.moments import History, dice_of
from marvec.seed.ways import OPEN, OVER
from marvec.storefronts import queries as storefronts

if TYPE_CHECKING:
    from marvec.listings.models import Listing

ROUNDS = 3
PLACES = ("73.71.09.1001", "73.71.10.1002", "73.71.01.1001", "73.71.02.1001")
TALKS = (
    (
        ("b", "Assalamu alaikum, masih bisa pesan untuk hari Jumat?"),
        ("s", "Waalaikumsalam, masih. Mau berapa ki’?"),
        ("b", "Kira-kira segini, tabe. Bisa antar?"),
    ),
    (
        ("s", "Halo, saya lihat permintaan ta’. Kami bisa buatkan."),
        ("b", "Bagus. Harganya bisa kurang sedikit?"),
        ("s", "Kalau sebanyak itu bisa, saya kirim tawaran di’."),
    ),
    (
        ("b", "Permisi, ini dibuat hari itu juga?"),
        ("s", "Iye’, pagi-pagi sekali baru kami buat."),
        ("b", "Baik, saya tunggu tawaran ta’."),
        ("s", "Sebentar, saya hitung dulu."),
    ),
    (
        ("s", "Tabe, alamatnya di bagian mana?"),
        ("b", "Dekat masjid, nanti saya kirim patokannya."),
        ("s", "Siap, ongkos antar sudah termasuk."),
    ),
)
LAST_WORDS = (("b", "Terima kasih, sampai sore di’."), ("s", "Sama-sama. Kabari kalau sudah sampai."))


@dataclass(frozen=True)
class Deal:
    """`outcome`: what became of the seller's offer, and with it of the request, `hours` ago."""

    number: int
    outcome: OfferState
    hours: float
    buyer: str
    shop: int

    @property
    def is_open(self) -> bool:
        return self.outcome is OfferState.OPEN


def plans(history: History) -> list[Deal]:
    """Oldest first: rounds of all outcomes, of the demonstration pair and of others, then three that are open now."""
    dice, over = dice_of("talks"), [one for one in OfferState if one is not OfferState.OPEN]
    made: list[tuple[OfferState, float, str, int]] = []
    for number in range(ROUNDS * len(over)):
        pair = ("pembeli", 0) if number % 3 == 0 else (dice.choice(people.buyer_keys()[1:]), 0 if number % 3 == 1 else dice.randint(1, 9))
        made.append((over[number % len(over)], 24 * (80 - number * 5), *pair))
    made += [(OfferState.OPEN, 5, "pembeli", 0), (OfferState.OPEN, 3, "pembeli3", 0), (OfferState.OPEN, 2, "pembeli", 1)]
    return [Deal(number, *rest) for number, rest in enumerate(made)]


async def live_through(session: AsyncSession, history: History, deal: Deal) -> None:
    """A request, the talk that it leads to, an offer, its answer; an accepted one becomes an order that goes its way."""
    buyer, seller = await people.actor(session, deal.buyer), await people.actor(session, people.owner_key(deal.shop))
    asked_at = history.ago(deal.hours)
    item = await _item(session, seller, deal)
    with clock.frozen(asked_at):
        what, place = f"{4 + deal.number} {item.unit} {item.title}", PLACES[deal.number % len(PLACES)]
        wanted = PostRequest(what=what, kelurahan_code=place, radius_km=12, days=5)
        request = await matching.post_request(session, buyer, wanted)
        people_of_it = {buyer.person_id, seller.person_id}
        talk = await chat.open_conversation(session, kind="request", subject_id=request.id, people=people_of_it, title=request.what)
    await _say(session, talk.id, buyer, seller, deal, TALKS[deal.number % len(TALKS)], asked_at + timedelta(minutes=9))
    with clock.frozen(asked_at + timedelta(minutes=40)):
        offer = await offers.make_offer(session, seller, talk.id, _terms(item, deal))
    if not deal.is_open:
        await _end(session, history, deal, offer, {Party.BUYER: buyer, Party.SELLER: seller})


async def read(session: AsyncSession, deal: Deal) -> None:
    """Both have read what was said, unless it is of today: then it waits for whoever looks around."""
    if deal.is_open:
        return
    for key in (deal.buyer, people.owner_key(deal.shop)):
        actor = await people.actor(session, key)
        for line in (await talks.page_of(session, actor, limit=100)).items:
            if line.unread:
                await chat.read_up_to(actor, line.id, line.last_seq)


async def _end(session: AsyncSession, history: History, deal: Deal, offer: Offer, who: dict[Party, Actor]) -> None:
    buyer, seller, request_id = who[Party.BUYER], who[Party.SELLER], offer.subject_id
    assert request_id is not None, "the offers here are made in talks about requests"
    answered_at = history.ago(deal.hours) + timedelta(hours=2)
    with clock.frozen(answered_at):
        if deal.outcome is OfferState.ACCEPTED:
            return await _accept(session, history, deal, offer, who, answered_at)
        if deal.outcome is OfferState.COUNTERED:
            offer = await offers.counter(session, buyer, offer.id, _countered(offer))
            return await _accept(session, history, deal, offer, who, answered_at)
        if deal.outcome is OfferState.DECLINED:
            await offers.decline(session, buyer, offer.id, because="Sudah dapat yang lebih dekat, terima kasih.")
        elif deal.outcome is OfferState.WITHDRAWN:
            await offers.withdraw(session, seller, offer.id)
    if deal.outcome is OfferState.EXPIRED:
        with clock.frozen(answered_at + timedelta(hours=23)):
            await offers.expire(session, offer.id)
        with clock.frozen(answered_at + timedelta(days=5)):
            return await matching.expire_request(session, request_id)
    with clock.frozen(answered_at + timedelta(hours=1)):
        await matching.close_request(session, buyer, request_id)
    return None


async def _accept(session: AsyncSession, history: History, deal: Deal, offer: Offer, who: dict[Party, Actor], at: datetime) -> None:
    answering = who[Party.SELLER] if offer.author_id == who[Party.BUYER].person_id else who[Party.BUYER]
    order = await offers.accept(session, answering, offer.id, Acceptance(address="Jl. Contoh 7", kelurahan_code=PLACES[0]))
    moved = events.OfferMoved(offer.id, offer.conversation_id, offer.subject_kind, offer.subject_id, OfferState.ACCEPTED)
    await matching.hear_offer(session, moved)
    recent = deal.hours < 48
    await trade.go(session, history, OPEN[4] if recent else OVER[0], order.id, at + timedelta(minutes=1), who)
    await _say(session, offer.conversation_id, who[Party.BUYER], who[Party.SELLER], deal, LAST_WORDS, at + timedelta(hours=4))


async def _say(
    session: AsyncSession, talk_id: UUID, buyer: Actor, seller: Actor, deal: Deal, words: tuple[tuple[str, str], ...], at: datetime
) -> None:
    for number, (who, text) in enumerate(words):
        with clock.frozen(at + timedelta(minutes=4 * number)):
            author = buyer if who == "b" else seller
            await chat.post(session, author.person_id, talk_id, client_id=f"demo:{deal.number}:{len(words)}:{number}:{who}", text=text)


async def _item(session: AsyncSession, seller: Actor, deal: Deal) -> "Listing":
    """Something that the shop has enough of."""
    storefront_id = (await storefronts.owned_by(session, seller.person_id))[0].id
    found = sorted(await listings.of_storefront(session, storefront_id, only_visible=True), key=lambda one: one.title)
    left = await listings.stock_of(session, [one.id for one in found])
    plenty = [one for one in found if left[one.id].free >= 20] or found
    return plenty[deal.number % len(plenty)]


def _terms(item: "Listing", deal: Deal) -> Terms:
    price = max(1, item.price * 95 // 100 // 100 * 100)
    return Terms(listing_id=item.id, quantity=min(4 + deal.number, 10), unit_price=price, handover=Handover.COURIER)


def _countered(offer: Offer) -> Terms:
    price = max(1, offer.unit_price * 93 // 100)
    return Terms(listing_id=offer.listing_id, quantity=offer.quantity, unit_price=price, handover=Handover.COURIER)
