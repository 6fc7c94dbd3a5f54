"""The officer's page of two births that look alike: both side by side, and the decision with its reason."""

from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from civic.registry import service, views
from civic.registry.errors import NothingAlike
from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.web import page, reshow, see_other
from common.web.templating import Page

OFFICER = [guards.role(Role.OFFICER)]
NOT_KEPT = {"Cache-Control": "no-store"}
VERDICTS = {"sama": True, "lain": False}


@get("/meja/{application_id:uuid}/kelahiran/{birth_id:uuid}", guards=OFFICER)
async def show_both(session: AsyncSession, actor: Actor, application_id: UUID, birth_id: UUID) -> Page:
    return page("registry/compare.html", headers=NOT_KEPT, **await views.comparison(session, actor, application_id, birth_id))


@post("/meja/{application_id:uuid}/kelahiran/{birth_id:uuid}/{verdict:str}", guards=OFFICER)
async def decide(
    session: AsyncSession, request: Request[Any, Any, Any], actor: Actor, application_id: UUID, birth_id: UUID, verdict: str
) -> Redirect:
    """`sama`: the same child, the application is rejected; `lain`: another one, it may go on."""
    if verdict not in VERDICTS:
        raise NothingAlike
    context = await views.comparison(session, actor, application_id, birth_id)
    async with reshow(request, "registry/compare.html", **context) as form:
        reason = str(form.value("reason"))
        await service.decide(session, actor, application_id, birth_id, same=VERDICTS[verdict], reason=reason)
    return see_other(f"/meja/{application_id}", _("Keputusan Anda sudah dicatat."))


router = Router(path="/", include_in_schema=False, route_handlers=[show_both, decide])
