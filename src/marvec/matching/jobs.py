"""Finding, hearing and timers, as jobs."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import events, jobs
from marvec.matching import queries, service
from marvec.matching.models import StandingKind
from marvec.matching.service.asking import EXPIRE, FIND


@jobs.job(FIND)
async def find(session: AsyncSession, *, standing_id: str) -> None:
    query = await queries.standing_by_id(session, UUID(standing_id))
    if not query.is_open:  # it ended before anybody could be told
        return
    await (service.find_for_request if query.kind is StandingKind.REQUEST else service.find_for_search)(session, query.id)


@jobs.job(EXPIRE)
async def expire(session: AsyncSession, *, request_id: str) -> None:
    await service.expire_request(session, UUID(request_id))


@events.hears(events.ListingPublished, "matching.on_listing_published")
async def on_listing_published(session: AsyncSession, event: events.ListingPublished) -> None:
    await service.find_for_listing(session, event.listing_id)


@events.hears(events.OfferMoved, "matching.on_offer_moved")
async def on_offer_moved(session: AsyncSession, event: events.OfferMoved) -> None:
    await service.hear_offer(session, event)
