"""Requests, standing queries and matches as JSON."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.web.paging import Cursor, Limit, Page, linked
from marvec.matching import policy, queries, service
from marvec.matching.models import StandingKind
from marvec.matching.schemas import CompareBy, Compared, MatchOut, OpenedOut, PostRequest, RequestOut, SaveSearch, StandingOut

READS, WRITES = guards.scope("market:read"), guards.scope("market:write")


@post("/requests", guards=[guards.signed_in, WRITES])
async def post_request(session: AsyncSession, actor: Actor, data: PostRequest) -> RequestOut:
    return RequestOut.of(await service.post_request(session, actor, data))


@get("/requests", guards=[guards.signed_in, READS])
async def list_requests(
    request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, limit: Limit = 24, cursor: Cursor = None
) -> Response[Page[RequestOut]]:
    found = await queries.requests_of(session, actor.person_id, limit, cursor)
    return linked(request, Page(items=[RequestOut.of(row) for row in found.items], next=found.next))


@get("/requests/{request_id:uuid}", guards=[guards.signed_in, READS])
async def show_request(session: AsyncSession, actor: Actor, request_id: UUID) -> RequestOut:
    """`told`, the number of sellers who were told, is for its buyer."""
    found = await queries.readable_by(session, actor, request_id)
    return RequestOut.of(found, told=await service.told_of(session, found) if found.buyer_id == actor.person_id else None)


@post("/requests/{request_id:uuid}/closing", guards=[guards.signed_in, WRITES])
async def close_request(session: AsyncSession, actor: Actor, request_id: UUID) -> RequestOut:
    return RequestOut.of(await service.close_request(session, actor, request_id))


@get("/requests/{request_id:uuid}/matches", guards=[guards.signed_in, READS])
async def list_matches(
    request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, request_id: UUID, *, limit: Limit = 24, cursor: Cursor = None
) -> Response[Page[MatchOut]]:
    policy.check_is_buyer(actor, await queries.by_id(session, request_id))
    found = await queries.matches_for_request(session, request_id, limit, cursor)
    return linked(request, Page(items=[MatchOut.of(match, for_buyer=True) for match in found.items], next=found.next))


@get("/requests/{request_id:uuid}/answers", guards=[guards.signed_in, READS])
async def compare_answers(session: AsyncSession, actor: Actor, request_id: UUID, sort: CompareBy = CompareBy.PRICE) -> list[Compared]:
    """Standing offers, and goods that fit of sellers who made none, side by side; `sort` is price or nearest."""
    return await service.compare(session, actor, request_id, sort)


@get("/matches", guards=[guards.signed_in, READS])
async def list_chances(
    request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, limit: Limit = 24, cursor: Cursor = None
) -> Response[Page[MatchOut]]:
    """A seller's: open requests that the seller's goods or criteria answer."""
    found = await queries.matches_for_seller(session, actor.person_id, limit, cursor)
    return linked(request, Page(items=[MatchOut.of(match) for match in found.items], next=found.next))


@post("/matches/{match_id:uuid}/conversation", guards=[guards.signed_in, WRITES])
async def open_conversation(session: AsyncSession, actor: Actor, match_id: UUID) -> OpenedOut:
    return OpenedOut(conversation_id=(await service.open_conversation(session, actor, match_id)).id)


@post("/saved-searches", guards=[guards.signed_in, WRITES])
async def save_search(session: AsyncSession, actor: Actor, data: SaveSearch) -> StandingOut:
    return StandingOut.of(await service.save_search(session, actor, data))


@get("/saved-searches", guards=[guards.signed_in, READS])
async def list_searches(session: AsyncSession, actor: Actor) -> list[StandingOut]:
    return [StandingOut.of(row) for row in await queries.standing_of(session, actor.person_id, StandingKind.SEARCH)]


@post("/seller-criteria", guards=[guards.signed_in, WRITES])
async def state_criteria(session: AsyncSession, actor: Actor, data: SaveSearch) -> StandingOut:
    return StandingOut.of(await service.state_criteria(session, actor, data))


@get("/seller-criteria", guards=[guards.signed_in, READS])
async def list_criteria(session: AsyncSession, actor: Actor) -> list[StandingOut]:
    return [StandingOut.of(row) for row in await queries.standing_of(session, actor.person_id, StandingKind.CRITERIA)]


@delete(["/saved-searches/{standing_id:uuid}", "/seller-criteria/{standing_id:uuid}"], guards=[guards.signed_in, WRITES])
async def drop(session: AsyncSession, actor: Actor, standing_id: UUID) -> None:
    await service.drop(session, actor, standing_id)


router = Router(
    "/api/v1",
    route_handlers=[
        post_request,
        list_requests,
        show_request,
        close_request,
        list_matches,
        compare_answers,
        list_chances,
        open_conversation,
        save_search,
        list_searches,
        state_criteria,
        list_criteria,
        drop,
    ],
    tags=["requests"],
)
