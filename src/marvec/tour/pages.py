"""`/demo`: the people one may look around as, how far the city is built, and the button that changes one's skin."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.errors import NotFound
from common.i18n import gettext as _
from common.identity import service
from common.identity.cookies import session_cookie
from common.identity.dependencies import client_of
from common.settings import get_settings
from common.web import page, see_other
from marvec.seed import people
from marvec.seed.work import progress
from marvec.tour.guides import GUIDES


@get("/demo", guards=[guards.public])
async def look_around(session: AsyncSession, visitor: Actor | None) -> Response[Any]:
    _must_be_demo()
    who = visitor.name if visitor else ""
    return page("tour/look_around.html", guides=GUIDES, progress=await progress(session), who=who, section="account")


@post("/demo/{key:str}", guards=[guards.public])
async def look_around_as(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None, key: str) -> Redirect:
    """Signed in as that person; who was signed in before is signed out."""
    _must_be_demo()
    guide = next((one for one in GUIDES if one.key == key), None)
    person = await people.known(session, key) if guide else None
    if guide is None or person is None:
        raise NotFound
    if visitor is not None:
        await service.sign_out(session, visitor)
    answer = see_other(guide.url, _("Sekarang Anda melihat-lihat sebagai %(name)s.", name=person.name))
    answer.set_cookie(session_cookie(await service.open_session(session, person.id, client_of(request))))
    return answer


def _must_be_demo() -> None:
    if not get_settings().demo or get_settings().production:
        raise NotFound


router = Router("/", route_handlers=[look_around, look_around_as], include_in_schema=False)
