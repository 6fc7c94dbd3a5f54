"""Telling people of new matches, with a reason, and of the end. A seller hears of a request once, by the nearest goods that answer it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import live
from common.i18n import N_, jarak
from common.money import rupiah
from common.notifications import service as notifications
from marvec.chat import queries as chat
from marvec.matching import queries
from marvec.matching.models import Match, Request, RequestState, StandingKind

SUBJECT = "request"
"""Of the conversations that answer a request."""

TO_SELLER = N_("Ada yang mencari %(what)s. Anda menjual %(title)s, %(km)s, mulai %(price)s/%(unit)s.")
TO_CRITERIA = N_("Ada yang mencari %(what)s, sesuai kriteria ta’: %(title)s, %(km)s.")
TO_BUYER = N_("Ada yang menjual %(title)s, %(km)s, mulai %(price)s/%(unit)s, untuk permintaan ta’: %(what)s.")
TO_SEARCHER = N_("Barang baru untuk pencarian ta’ (%(what)s): %(title)s, %(km)s, mulai %(price)s/%(unit)s.")

OVER = {
    RequestState.MATCHED: N_("%(what)s: pembelinya sudah dapat dari penjual lain."),
    RequestState.CLOSED: N_("%(what)s: pembelinya sudah menutup permintaan ini."),
    RequestState.EXPIRED: N_("%(what)s: permintaan ini sudah lewat waktunya."),
}

_Word = tuple[UUID, Match, str, str]
"""Who is told of what, with which text, and the link."""


async def tell_matches(session: AsyncSession, matches: Sequence[Match], *, new_goods: bool) -> None:
    """`matches` as just written, nearest first. The buyer is notified when new goods appeared; at a new request, its page shows them."""
    for match in matches:
        if match.request_id is not None:
            seen = {"type": "match", "match_id": match.id, "title": match.title, "price": match.price, "km": round(match.km, 1)}
            await live.tell(session, f"request:{match.request_id}", seen)
    tellings = [*_to_sellers(matches), *(_to_buyer(match) for match in matches if new_goods)]
    await notifications.notify_many(session, [await _telling(session, *one) for one in tellings])


async def tell_end(session: AsyncSession, request: Request, *, but: UUID | None) -> None:
    """The sellers who talk with the buyer about it hear that it is over; not the one in the conversation `but`, whose offer was taken."""
    tellings = []
    for talk in await chat.about(session, SUBJECT, request.id):
        sellers = await chat.people_of(session, talk) - {request.buyer_id} if talk != but else ()
        about = f"request.{request.state}", OVER[request.state], {"what": request.what}, f"/pesan/{talk}"
        tellings += [notifications.Telling(seller, *about) for seller in sellers]
    await notifications.notify_many(session, tellings)


def _to_sellers(matches: Sequence[Match]) -> list[_Word]:
    first: dict[tuple[UUID | None, UUID], Match] = {}
    for match in matches:
        if match.request_id is not None:
            first.setdefault((match.request_id, match.seller_id), match)
    return [
        (
            match.seller_id,
            match,
            TO_CRITERIA if match.kind is StandingKind.CRITERIA else TO_SELLER,
            f"/toko-saya/peluang#p-{match.request_id}",
        )
        for match in first.values()
    ]


def _to_buyer(match: Match) -> _Word:
    if match.request_id is not None:
        return (match.buyer_id, match, TO_BUYER, f"/permintaan/{match.request_id}")
    return (match.buyer_id, match, TO_SEARCHER, f"/barang/{match.listing_id}")


async def _telling(session: AsyncSession, person_id: UUID, match: Match, text: str, link: str) -> notifications.Telling:
    what = (await queries.what_of(session, match)).what
    price = rupiah(match.price) if match.price is not None else ""
    params = {"what": what, "title": match.title, "km": jarak(match.km), "price": price, "unit": match.unit}
    return notifications.Telling(person_id, f"match.{match.kind}", text, params, link)
