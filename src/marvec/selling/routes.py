"""JSON of limits: one's own standing and appeal; an operator's decisions."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.web.paging import Cursor, Limit, Page, linked
from marvec.selling import queries, service
from marvec.selling.schemas import AppealOut, DecideAppeal, StandingOut, WriteAppeal

READS, WRITES = guards.scope("storefronts:read"), guards.scope("storefronts:write")
OPERATOR = guards.role(Role.OPERATOR)
Decided = Annotated[bool, QueryParameter(name="decided")]


@get("/selling", guards=[guards.signed_in, READS])
async def show_standing(session: AsyncSession, actor: Actor) -> StandingOut:
    """The caller's level, limit and what was sold this month (WITA)."""
    standing = await queries.standing_of(session, actor.person_id)
    appeal = await queries.newest_of(session, actor.person_id)
    return StandingOut(**standing.model_dump(), appeal=AppealOut.model_validate(appeal) if appeal else None)


@post("/selling/appeals", guards=[guards.signed_in, WRITES])
async def write_appeal(session: AsyncSession, actor: Actor, data: WriteAppeal) -> AppealOut:
    """Ask an operator for a higher limit; one at a time."""
    return AppealOut.model_validate(await service.write_appeal(session, actor, data))


@get("/selling/appeals", guards=[OPERATOR, guards.scope("moderation:read")])
async def list_appeals(
    request: Request[Any, Any, Any], session: AsyncSession, *, decided: Decided = False, limit: Limit = 50, cursor: Cursor = None
) -> Response[Page[AppealOut]]:
    """Open appeals, the oldest first; or decided ones, the newest first."""
    found = await queries.page_of(session, decided=decided, limit=limit, cursor=cursor)
    return linked(request, Page(items=[AppealOut.model_validate(one) for one in found.items], next=found.next))


@post("/selling/appeals/{appeal_id:uuid}/decisions", guards=[OPERATOR, guards.scope("moderation:write")], status_code=200)
async def decide(session: AsyncSession, actor: Actor, appeal_id: UUID, data: DecideAppeal) -> AppealOut:
    """Grant (with a sum and a last day) or refuse; the seller is told the reason."""
    return AppealOut.model_validate(await service.decide(session, actor, appeal_id, data))


router = Router("/api/v1", route_handlers=[show_standing, write_appeal, list_appeals, decide], tags=["selling"])
