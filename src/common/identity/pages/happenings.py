"""What happened to the keys of an account: for its owner, and for an operator with a purpose."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.audit.reading import PURPOSE_NAMES, Purpose
from common.i18n import gettext as _
from common.identity import queries
from common.identity.errors import NoSuchPerson
from common.identity.schemas import LookAtHappenings
from common.web import Form, page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page

OPERATOR = [guards.role(Role.OPERATOR)]
PURPOSES = (Purpose.OWNER_ASKED, Purpose.MISUSE, Purpose.LAW)
ROWS = 20
NOT_KEPT = {"Cache-Control": "private, no-store"}
Why = Annotated[Purpose | None, QueryParameter(name="untuk")]


@get("/akun/keamanan/riwayat", guards=[guards.signed_in])
async def own(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Page:
    found = await queries.happenings_of(session, actor.person_id, cursor, ROWS)
    return page("identity/happenings.html", headers=NOT_KEPT, found=found, whose="", section="account")


@get("/operator/keamanan", guards=OPERATOR)
async def ask() -> Page:
    return page("identity/look_at_happenings.html", **_asking())


@post("/operator/keamanan", guards=OPERATOR)
async def look(request: Request[Any, Any, Any], session: AsyncSession) -> Redirect:
    """From what an operator types to the account's id: no address gets into an address."""
    async with reshow(request, "identity/look_at_happenings.html", **_asking()) as form:
        asked = form.parse(LookAtHappenings)
        person = await queries.by_name_tag(session, asked.person)
        if person is None:
            raise NoSuchPerson
    return see_other(f"/operator/keamanan/{person.id}?untuk={asked.purpose}")


@get("/operator/keamanan/{person_id:uuid}", guards=OPERATOR)
async def of_somebody(session: AsyncSession, actor: Actor, person_id: UUID, why: Why = None, cursor: Cursor = None) -> Page:
    """On record, with its purpose; the owner sees it among the reads. Without one, it is asked for first."""
    if why is None:
        return page("identity/look_at_happenings.html", **_asking(), form=Form.filled(person=str(person_id)))
    name, found = await queries.happenings_seen_by(session, actor, person_id, why, cursor, ROWS)
    told = _(PURPOSE_NAMES[why])
    return page("identity/happenings.html", headers=NOT_KEPT, section="account", whose=name, purpose=told, found=found)


def _asking() -> dict[str, Any]:
    return {"purposes": [(purpose.value, _(PURPOSE_NAMES[purpose])) for purpose in PURPOSES], "section": "account"}


HANDLERS = [own, ask, look, of_somebody]
