"""JSON of the operator's desk."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.operations import checks, queries, service
from common.operations.schemas import CheckOut, JobOut
from common.web.paging import Cursor, Limit, Page, linked, page_of

READS = [guards.role(Role.OPERATOR), guards.scope("operations:read")]
WRITES = [guards.role(Role.OPERATOR), guards.scope("operations:write")]
Wanted = Annotated[Literal["dead", "retrying", "due", "later"], QueryParameter(name="state")]


@get("/jobs", guards=READS)
async def list_jobs(
    request: Request[Any, Any, Any], session: AsyncSession, wanted: Wanted = "dead", limit: Limit = 50, cursor: Cursor = None
) -> Response[Page[JobOut]]:
    """Work in one state, newest first."""
    rows = await queries.rows(session, wanted, cursor, limit)
    return linked(request, page_of(rows, limit, f"jobs:{wanted}", lambda row: (row.id,), JobOut.of))


@post("/jobs/{job_id:uuid}/revival", guards=WRITES, status_code=204)
async def revive_job(session: AsyncSession, actor: Actor, job_id: UUID) -> None:
    """Give a dead job its tries back."""
    await service.revive(session, actor, job_id)


@get("/health", guards=READS)
async def health(session: AsyncSession) -> list[CheckOut]:
    """Everything that an operator looks at first, measured now; what is ill first."""
    return [CheckOut.model_validate(one, from_attributes=True) for one in await checks.all_checks(session)]


router = Router(path="/api/v1", tags=["operations"], route_handlers=[list_jobs, revive_job, health])
