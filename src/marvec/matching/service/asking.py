"""Asking: a request, a saved search, a seller's criteria, and the end of each."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, ids, live, outbox, regions
from common.actor import Actor
from marvec.listings import service as listings
from marvec.matching import policy, queries
from marvec.matching.errors import NothingWanted, TooManyStanding
from marvec.matching.models import Request, RequestState, StandingKind, StandingQuery
from marvec.matching.schemas import PostRequest, SaveSearch
from marvec.matching.service.telling import tell_end
from marvec.search.canonical import split_wanted, terms_wanted
from marvec.search.parse import parse
from marvec.search.schemas import Understood

FIND, EXPIRE = "matching.find", "matching.expire"


async def post_request(session: AsyncSession, actor: Actor, wanted: PostRequest) -> Request:
    """Ask the city. Who answers it is told by a job, at once. Raises NothingWanted, TooManyStanding, Prohibited."""
    said = parse(wanted.what)
    quantity = wanted.quantity or said.quantity or 1
    thing = said.query.text or wanted.what
    place = regions.kelurahan(wanted.kelurahan_code)
    request = Request(
        buyer_id=actor.person_id,
        what=f"{thing} untuk {said.occasion}" if said.occasion else thing,
        quantity=quantity,
        unit=said.unit or "",
        budget=wanted.budget or _budget(said, quantity),
        needed_at=wanted.needed_at or (_noon(said.needed_on) if said.needed_on else None),
        kelurahan_code=place.code,
        lat=place.lat,
        lon=place.lon,
        radius_km=wanted.radius_km,
        expires_at=policy.end_of_life(wanted.days),
        moved_by=actor.person_id,
    )
    session.add(request)
    await session.flush()
    limit = said.query.max_price if wanted.budget is None and wanted.quantity is None else policy.unit_limit(request.budget, quantity)
    question = SaveSearch(kelurahan_code=place.code, radius_km=wanted.radius_km, what=thing, price_max=limit)
    await _stand(session, actor, StandingKind.REQUEST, question, of=request)
    key = f"request:{request.id}:open"
    await outbox.enqueue(session, EXPIRE, key=key, run_at=request.expires_at, request_id=str(request.id))
    return request


async def save_search(session: AsyncSession, actor: Actor, wanted: SaveSearch) -> StandingQuery:
    """Be told of new goods. Raises NothingWanted, TooManyStanding."""
    return await _stand(session, actor, StandingKind.SEARCH, wanted)


async def state_criteria(session: AsyncSession, actor: Actor, wanted: SaveSearch) -> StandingQuery:
    """A seller says which requests to hear of. Raises NothingWanted, TooManyStanding."""
    return await _stand(session, actor, StandingKind.CRITERIA, wanted)


async def drop(session: AsyncSession, actor: Actor, standing_id: UUID) -> None:
    """Stop a saved search or criteria; a request is closed instead."""
    query = await queries.standing_by_id(session, standing_id)
    policy.check_is_owner(actor, query)
    if query.kind is StandingKind.REQUEST:
        await close_request(session, actor, standing_id)
    query.is_open = False
    await session.flush()


async def close_request(session: AsyncSession, actor: Actor, request_id: UUID) -> Request:
    request = await queries.by_id_for_update(session, request_id)
    policy.check_is_buyer(actor, request)
    await end(session, request, RequestState.CLOSED, by=actor.person_id)
    return request


async def expire_request(session: AsyncSession, request_id: UUID) -> None:
    request = await queries.by_id_for_update(session, request_id)
    if request.state is RequestState.OPEN:
        await end(session, request, RequestState.EXPIRED, by=None)


async def end_all_of(session: AsyncSession, person_id: UUID) -> None:
    """Who leaves asks nothing any more: open requests are closed, saved searches and criteria end."""
    for request in await queries.open_requests_for_update(session, person_id):
        await end(session, request, RequestState.CLOSED, by=person_id)
    mine = update(StandingQuery).where(col(StandingQuery.person_id) == person_id, col(StandingQuery.is_open))
    await session.execute(mine.values(is_open=False))


async def end(session: AsyncSession, request: Request, new: RequestState, *, by: UUID | None, taken_in: UUID | None = None) -> None:
    """The request leaves `open`: nobody is told of it any more. `taken_in`: the conversation of the accepted offer."""
    request.move_to(new, by=by)
    query = await queries.standing_by_id(session, request.id)
    query.is_open = False
    await session.flush()
    await live.tell(session, f"request:{request.id}", {"type": "moved", "state": request.state})
    await tell_end(session, request, but=taken_in)


def _budget(said: Understood, quantity: int) -> int | None:
    """For all of it. A quantity that was given beside the sentence multiplies what the sentence says of one piece."""
    if said.budget is None or said.quantity is not None:
        return said.budget
    return said.budget * quantity if said.per_unit else said.budget


async def _stand(session: AsyncSession, actor: Actor, kind: StandingKind, wanted: SaveSearch, of: Request | None = None) -> StandingQuery:
    """Let the question wait, and have it asked once now. Of a request only the thing itself must fit, of other questions every word."""
    listings.check_words(wanted.what)
    terms, better = split_wanted(wanted.what) if kind is StandingKind.REQUEST else (terms_wanted(wanted.what), [])
    if not terms:
        raise NothingWanted
    if await queries.count_open_of(session, actor.person_id) >= policy.MOST_STANDING:
        raise TooManyStanding(most=policy.MOST_STANDING)
    place = regions.kelurahan(wanted.kelurahan_code)
    query = StandingQuery(
        id=of.id if of else ids.uuid7(),
        kind=kind,
        person_id=actor.person_id,
        what=of.what if of else wanted.what,
        terms=terms,
        better=better,
        anchor=await queries.emptiest_anchor(session, terms),
        price_max=wanted.price_max,
        lat=place.lat,
        lon=place.lon,
        radius_km=wanted.radius_km,
        expires_at=of.expires_at if of else None,
    )
    session.add(query)
    await session.flush()
    if kind is not StandingKind.CRITERIA:
        await outbox.enqueue(session, FIND, key=f"find:{query.id}", standing_id=str(query.id))
    return query


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), clock.WITA)
