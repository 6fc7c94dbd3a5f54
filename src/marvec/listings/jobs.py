"""Goods that were listed before a rule are judged by it, a part at a time, so that no transaction holds the whole market."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import jobs, outbox
from common.i18n import N_
from common.notifications import service as notifications
from marvec.listings import naming, permits, queries, service
from marvec.listings.errors import Prohibited
from marvec.listings.models import Listing, ListingState

JUDGE_ANEW = "listings.judge_anew"
AT_ONCE = 500
HIDDEN = N_("“%(title)s” kami sembunyikan: namanya termasuk yang tidak boleh dijual. Kalau keliru, minta petugas memeriksa.")
NEEDS_PERMIT = N_("“%(title)s” sekarang perlu izin %(kind)s supaya tampil. Caranya ada di halaman izin jualan.")


@jobs.job(JUDGE_ANEW)
async def judge_anew(session: AsyncSession, *, after: str = "") -> None:
    """The good and the needed credential of every listing, and nothing prohibited among what is shown. Twice is as once."""
    found = await queries.next_for_update(session, UUID(after) if after else None, AT_ONCE)
    tellings = [telling for listing in found if (telling := await _judge(session, listing)) is not None]
    await session.flush()
    await notifications.notify_many(session, tellings)
    if len(found) == AT_ONCE:
        last = str(found[-1].id)
        await outbox.enqueue(session, JUDGE_ANEW, key=f"{JUDGE_ANEW}:{last}", after=last)


async def _judge(session: AsyncSession, listing: Listing) -> notifications.Telling | None:
    """What its seller is to be told, if anything changed."""
    needed = listing.needs_credential
    if listing.good is None and (good := naming.suggested(listing.title)) is not None:
        listing.good = good.name
    listing.needs_credential = service.credential_of(listing)
    if listing.state is not ListingState.PUBLISHED:
        return None
    words = service.obstacle_in_words(listing)
    if isinstance(words, Prohibited):
        await service.hold(session, listing, str(words), by=None)
        return _telling(listing, HIDDEN)
    if listing.needs_credential not in (None, needed):
        return _telling(listing, NEEDS_PERMIT)
    return None


def _telling(listing: Listing, text: str) -> notifications.Telling:
    params = {"title": listing.title, "kind": permits.name_of(listing.needs_credential or "")}
    return notifications.Telling(listing.seller_id, "listing.judged", text, params, "/toko-saya")
