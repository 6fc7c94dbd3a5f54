"""Roles, for admins."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.identity import queries, service
from common.identity.schemas import GiveGrant
from common.web import page, reshow, see_other
from common.web.templating import Page


@get("/admin/peran", guards=[guards.role(Role.ADMIN)])
async def roles(session: AsyncSession) -> Page:
    return page("identity/roles.html", **await _roles(session))


@post("/admin/peran", guards=[guards.role(Role.ADMIN)])
async def give(request: Request[Any, Any, Any], session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "identity/roles.html", **await _roles(session)) as form:
        await service.give_grant(session, actor, form.parse(GiveGrant))
    return see_other("/admin/peran", _("Peran sudah diberikan."))


@post("/admin/peran/{grant_id:uuid}/cabut", guards=[guards.role(Role.ADMIN)])
async def take(session: AsyncSession, actor: Actor, grant_id: UUID) -> Redirect:
    await service.take_grant(session, actor, grant_id)
    return see_other("/admin/peran", _("Peran sudah dicabut."))


async def _roles(session: AsyncSession) -> dict[str, Any]:
    return {"grants": await queries.grants_of(session), "roles": [(role.value, role.value) for role in Role], "section": "account"}


HANDLERS = [roles, give, take]
