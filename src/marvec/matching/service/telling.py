"""Telling people of new matches, with a reason. A seller hears of a request once, by the nearest goods that answer it."""

from collections.abc import Sequence
from uuid import UUID

from common.notifications import service as notifications
from sqlalchemy.ext.asyncio import AsyncSession

from common import live
from common.i18n import N_, jarak
from common.money import rupiah
from marvec.matching import queries
from marvec.matching.models import Match, StandingKind

TO_SELLER = N_("Ada yang mencari %(what)s. Anda menjual %(title)s, %(km)s, mulai %(price)s/%(unit)s.")
TO_CRITERIA = N_("Ada yang mencari %(what)s, sesuai kriteria ta': %(title)s, %(km)s.")
TO_BUYER = N_("Ada yang menjual %(title)s, %(km)s, mulai %(price)s/%(unit)s, untuk permintaan ta': %(what)s.")
TO_SEARCHER = N_("Barang baru untuk pencarian ta' (%(what)s): %(title)s, %(km)s, mulai %(price)s/%(unit)s.")


async def tell_matches(session: AsyncSession, matches: Sequence[Match], *, new_goods: bool) -> None:
    """`matches` as just written, nearest first. The buyer is notified when new goods appeared; at a new request, its page shows them."""
    told: set[tuple[UUID | None, UUID]] = set()
    for match in matches:
        what = (await queries.what_of(session, match)).what
        if match.request_id is not None:
            seen = {"type": "match", "match_id": match.id, "title": match.title, "price": match.price, "km": round(match.km, 1)}
            await live.tell(session, f"request:{match.request_id}", seen)
            if (match.request_id, match.seller_id) not in told:
                told.add((match.request_id, match.seller_id))
                await _notify(session, match, match.seller_id, what, _seller_text(match), "/toko-saya/peluang")
        if new_goods:
            text = TO_SEARCHER if match.kind is StandingKind.SEARCH else TO_BUYER
            link = f"/permintaan/{match.request_id}" if match.request_id else f"/barang/{match.listing_id}"
            await _notify(session, match, match.buyer_id, what, text, link)


def _seller_text(match: Match) -> str:
    return TO_CRITERIA if match.kind is StandingKind.CRITERIA else TO_SELLER


async def _notify(session: AsyncSession, match: Match, person_id: UUID, what: str, text: str, link: str) -> None:
    price = rupiah(match.price) if match.price is not None else ""
    params = {"what": what, "title": match.title, "km": jarak(match.km), "price": price, "unit": match.unit}
    await notifications.notify(session, person_id, kind=f"match.{match.kind}", text=text, params=params, link=link)
