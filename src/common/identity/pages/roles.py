"""Roles, for admins: find a person, give a role within a real office, see who gave which, take it away."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards, offices
from common.actor import Actor, Role
from common.i18n import N_
from common.i18n import gettext as _
from common.identity import queries, service
from common.identity.policy import masked
from common.identity.schemas import GiveGrant
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page

ADMIN = [guards.role(Role.ADMIN)]
ROWS = 50
NAMES = {
    Role.OFFICER: N_("Petugas kantor"),
    Role.HEAD: N_("Kepala kantor"),
    Role.EDITOR: N_("Penyunting penjelasan"),
    Role.OPERATOR: N_("Operator"),
    Role.ADMIN: N_("Admin"),
}
Asked = Request[Any, Any, Any]
Text = Annotated[str, QueryParameter(name="cari", max_length=254)]
Who = Annotated[UUID | None, QueryParameter(name="orang")]


@get("/admin/peran", guards=ADMIN)
async def roles(session: AsyncSession, actor: Actor, text: Text = "", person: Who = None, cursor: Cursor = None) -> Page:
    return page("identity/roles.html", **await _roles(session, actor, text=text.strip(), person_id=person, cursor=cursor))


@post("/admin/peran", guards=ADMIN)
async def give(request: Asked, session: AsyncSession, actor: Actor, person: Who = None) -> Redirect:
    async with reshow(request, "identity/roles.html", **await _roles(session, actor, person_id=person)) as form:
        await service.give_grant(session, actor, form.parse(GiveGrant))
    return see_other("/admin/peran", _("Peran sudah diberikan."))


@post("/admin/peran/{grant_id:uuid}/cabut", guards=ADMIN)
async def take(session: AsyncSession, actor: Actor, grant_id: UUID) -> Redirect:
    await service.take_grant(session, actor, grant_id)
    return see_other("/admin/peran", _("Peran sudah dicabut."))


async def _roles(
    session: AsyncSession, actor: Actor, *, text: str = "", person_id: UUID | None = None, cursor: str | None = None
) -> dict[str, Any]:
    chosen = await queries.looked_at(session, actor, person_id) if person_id else None
    return {
        "found": await queries.page_of_grants(session, limit=ROWS, cursor=cursor),
        "text": text,
        "people": await queries.people_like(session, actor, text) if text else [],
        "chosen": chosen,
        "held": await queries.grants_of(session, chosen.id) if chosen else [],
        "roles": [(role.value, _(name)) for role, name in NAMES.items()],
        "names": NAMES,
        "offices": offices.city_offices(),
        "masked": masked,
        "section": "account",
    }


HANDLERS = [roles, give, take]
