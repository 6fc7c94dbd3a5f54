"""Telling people of new matches, with a reason. A seller hears of a request once, by the nearest goods that answer it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import live
from common.i18n import N_, jarak
from common.money import rupiah
from common.notifications import service as notifications
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
                await _tell_seller(session, match, what)
        if new_goods:
            await _tell_buyer(session, match, what)


async def _tell_seller(session: AsyncSession, match: Match, what: str) -> None:
    text = TO_CRITERIA if match.kind is StandingKind.CRITERIA else TO_SELLER
    kind, params = f"match.{match.kind}", _params(match, what)
    await notifications.notify(session, match.seller_id, kind=kind, text=text, params=params, link="/toko-saya/peluang")


async def _tell_buyer(session: AsyncSession, match: Match, what: str) -> None:
    text = TO_SEARCHER if match.kind is StandingKind.SEARCH else TO_BUYER
    link = f"/permintaan/{match.request_id}" if match.request_id else f"/barang/{match.listing_id}"
    kind, params = f"match.{match.kind}", _params(match, what)
    await notifications.notify(session, match.buyer_id, kind=kind, text=text, params=params, link=link)


def _params(match: Match, what: str) -> dict[str, str]:
    price = rupiah(match.price) if match.price is not None else ""
    return {"what": what, "title": match.title, "km": jarak(match.km), "price": price, "unit": match.unit}
