"""Pages of the operator: the door to all desks, work by state, the audit trail."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, guards
from common.actor import Actor, Role
from common.audit import queries as trail
from common.i18n import N_, language
from common.i18n import gettext as _
from common.operations import checks, queries, runbook, service
from common.web import page, see_other
from common.web.paging import Cursor, keys_of, page_of
from common.web.templating import Page

OPERATOR = [guards.role(Role.OPERATOR)]
ROWS = 50
NAMES = {"dead": N_("Berhenti"), "retrying": N_("Dicoba lagi"), "due": N_("Menunggu pekerja"), "later": N_("Terjadwal")}


@get("/operator", guards=OPERATOR)
async def desk(session: AsyncSession) -> Page:
    """Health first, measured at this moment; then the doors to all desks."""
    found = await checks.all_checks(session)
    return page("operations/desk.html", checks=found, counts=await queries.counts(session), names=NAMES, now=clock.now())


@get("/operator/panduan", guards=OPERATOR)
async def show_runbook() -> Page:
    """What to do when something is ill: `docs/operations/`, as it lies in the source."""
    return page("operations/runbook.html", parts=runbook.parts(language()))


@get("/operator/pekerjaan", guards=OPERATOR)
async def list_jobs(session: AsyncSession, shown: Annotated[str, QueryParameter(name="tampil")] = "dead", cursor: Cursor = None) -> Page:
    shown = shown if shown in NAMES else "dead"
    rows = await queries.rows(session, shown, cursor, ROWS)
    found = page_of(rows, ROWS, f"jobs:{shown}", lambda row: (row.id,), lambda row: row)
    counts = await queries.counts(session)
    tabs = [(key, f"/operator/pekerjaan?tampil={key}", f"{_(name)} ({counts[key]})") for key, name in NAMES.items()]
    return page("operations/jobs.html", rows=found.items, next=found.next, tabs=tabs, shown=shown)


@post("/operator/pekerjaan/{job_id:uuid}/hidupkan", guards=OPERATOR)
async def revive_job(request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, job_id: UUID) -> Redirect:
    await service.revive(session, actor, job_id)
    return see_other("/operator/pekerjaan", _("Pekerjaan akan dicoba lagi."))


@get("/operator/jejak", guards=OPERATOR)
async def list_trail(session: AsyncSession, cursor: Cursor = None) -> Page:
    """The trail, newest first, and what its chain of seals says. The whole walk is `marvec audit verify`."""
    keys = keys_of("trail", cursor)
    rows = await trail.newest(session, keys[0] if keys else None, ROWS + 1)
    found = page_of(rows, ROWS, "trail", lambda row: (row.id,), lambda row: row)
    return page("operations/trail.html", rows=found.items, next=found.next, unsealed=(await trail.waiting(session))[0])


router = Router("/", route_handlers=[desk, show_runbook, list_jobs, revive_job, list_trail], include_in_schema=False)
