"""`/toko-saya/batas`: the levels, how much of the month is used, and the appeal; and the operator's desk of appeals."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.identity import queries as identity
from common.states import history_of
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page
from marvec.selling import policy, queries, service
from marvec.selling.models import Appeal, AppealState
from marvec.selling.schemas import DecideAppeal, WriteAppeal
from marvec.storefronts import queries as storefronts

OPERATOR = [guards.role(Role.OPERATOR)]
ON_A_PAGE = 30
Asked = Request[Any, Any, Any]


@get("/toko-saya/batas", guards=[guards.signed_in])
async def show_limit(session: AsyncSession, actor: Actor) -> Page:
    return page("selling/limit.html", **await _mine(session, actor))


@post("/toko-saya/batas", guards=[guards.signed_in])
async def write_appeal(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "selling/limit.html", **await _mine(session, actor)) as form:
        await service.write_appeal(session, actor, form.parse(WriteAppeal))
    return see_other(service.HOME, toast=_("Permintaan terkirim. Kami kabari begitu diputus."))


@get("/operator/batas-jual", guards=OPERATOR)
async def list_appeals(
    session: AsyncSession, shown: Annotated[str, QueryParameter(name="tampil")] = "terbuka", cursor: Cursor = None
) -> Page:
    decided = shown == "diputus"
    found = await queries.page_of(session, decided=decided, limit=ON_A_PAGE, cursor=cursor)
    names = (("terbuka", _("Menunggu keputusan")), ("diputus", _("Sudah diputus")))
    tabs = [(key, f"/operator/batas-jual?tampil={key}", name) for key, name in names]
    people = await identity.names_of(session, {appeal.person_id for appeal in found.items})
    return page("selling/appeals.html", found=found, tabs=tabs, shown="diputus" if decided else "terbuka", names=people, **_words())


@get("/operator/batas-jual/{appeal_id:uuid}", guards=OPERATOR)
async def show_appeal(session: AsyncSession, actor: Actor, appeal_id: UUID) -> Page:
    return page("selling/appeal.html", **await _shown(session, await queries.seen_by(session, actor, appeal_id)))


@post("/operator/batas-jual/{appeal_id:uuid}", guards=OPERATOR)
async def decide(request: Asked, session: AsyncSession, actor: Actor, appeal_id: UUID) -> Redirect:
    async with reshow(request, "selling/appeal.html", **await _shown(session, await queries.seen_by(session, actor, appeal_id))) as form:
        await service.decide(session, actor, appeal_id, form.parse(DecideAppeal))
    return see_other("/operator/batas-jual", toast=_("Keputusan tercatat, dan penjualnya dikabari."))


async def _mine(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    standing = await queries.standing_of(session, actor.person_id)
    appeal = await queries.newest_of(session, actor.person_id)
    may_appeal = standing.level >= policy.CONFIRMED and standing.limit is not None and (not appeal or appeal.state is not AppealState.OPEN)
    step = service.next_step(standing.level)
    return {"standing": standing, "appeal": appeal, "may_appeal": may_appeal, "step": step, **_words()}


async def _shown(session: AsyncSession, appeal: Appeal) -> dict[str, Any]:
    history = await history_of(session, appeal.id)
    people = {appeal.person_id, *(row.moved_by for row in history if row.moved_by)}
    return {
        "appeal": appeal,
        "history": history,
        "names": await identity.names_of(session, people),
        "shops": await storefronts.owned_by(session, appeal.person_id),
        "standing": await queries.standing_of(session, appeal.person_id),
        **_words(),
    }


def _words() -> dict[str, Any]:
    return {"states": policy.STATES, "section": "account"}


router = Router("/", route_handlers=[show_limit, write_appeal, list_appeals, show_appeal, decide], include_in_schema=False)
