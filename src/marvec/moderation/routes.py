"""JSON of moderation: anybody reports, operators decide. A decision is a resource of its case."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.web.paging import Cursor, Limit, Page, linked
from marvec.moderation import queries, service
from marvec.moderation.schemas import AskReview, CaseRow, Decide, ReportThing

OPERATOR = guards.role(Role.OPERATOR)
READS, WRITES = guards.scope("moderation:read"), guards.scope("moderation:write")
Decided = Annotated[bool, QueryParameter(name="decided")]


@post("/listings/{listing_id:uuid}/reports", guards=[guards.signed_in, guards.scope("reports:write")], status_code=204)
async def report_listing(session: AsyncSession, actor: Actor, listing_id: UUID, data: ReportThing) -> None:
    """Ask the house to look at a thing on offer; one open report a person and thing."""
    await service.report_listing(session, actor, listing_id, data)


@post("/listings/{listing_id:uuid}/examinations", guards=[guards.signed_in, guards.scope("listings:write")], status_code=204)
async def ask_review(session: AsyncSession, actor: Actor, listing_id: UUID, data: AskReview) -> None:
    """An owner asks an operator to look at a thing that the rules keep from being shown, or that was hidden."""
    await service.ask_review(session, actor, listing_id, data)


@get("/moderation/cases", guards=[OPERATOR, READS])
async def list_cases(
    request: Request[Any, Any, Any], session: AsyncSession, *, decided: Decided = False, limit: Limit = 50, cursor: Cursor = None
) -> Response[Page[CaseRow]]:
    """Open cases, the oldest first; or decided ones, the newest first."""
    return linked(request, await queries.page_of(session, decided=decided, limit=limit, cursor=cursor))


@post("/moderation/cases/{case_id:uuid}/decisions", guards=[OPERATOR, WRITES], status_code=204)
async def decide(session: AsyncSession, actor: Actor, case_id: UUID, data: Decide) -> None:
    """Move a case; the owner is told the reason."""
    await service.decide(session, actor, case_id, data)


router = Router("/api/v1", route_handlers=[report_listing, ask_review, list_cases, decide], tags=["moderation"])
