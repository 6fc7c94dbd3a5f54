"""Phone and e-mail: a new one counts once its code was given; whoever reads the old one can take it back for seven days."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import PathParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.i18n import gettext as _
from common.identity import cookies, queries, service
from common.identity.dependencies import client_of
from common.identity.policy import masked
from common.identity.schemas import AskAddress
from common.identity.service.ways_back import SAID
from common.web import page, reshow, see_other
from common.web.templating import Page

Asked = Request[Any, Any, Any]
Token = Annotated[str, PathParameter(max_length=200)]
NOT_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


@get("/akun/kontak", guards=[guards.fresh])
async def contact(session: AsyncSession, actor: Actor) -> Page:
    return page("identity/contact.html", **await _contact(session, actor))


@post("/akun/kontak", guards=[guards.fresh])
async def ask_address(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "identity/contact.html", **await _contact(session, actor)) as form:
        person = await service.ask_address(session, actor, form.parse(AskAddress).address)
        if await queries.waiting_address(session, person) is None:  # it is the person's already
            return see_other("/akun/kontak")
        await service.ask_confirmation(session, person, client_of(request))
    return see_other("/konfirmasi?lanjut=/akun/kontak")


@post("/akun/kontak/batal", guards=[guards.own_session])
async def drop_change(session: AsyncSession, actor: Actor) -> Redirect:
    await service.drop_change(session, await queries.for_update(session, actor.person_id))
    return see_other("/akun/kontak", _("Penggantian dibatalkan."))


@get("/akun/kembalikan/{token:str}", guards=[guards.public])
async def way_back(session: AsyncSession, token: Token) -> Page:
    """What the letter's link opens. Mail programs open links by themselves, so that only the button does anything."""
    row = await service.open_to(session, token)
    return page("identity/way_back.html", headers=NOT_KEPT, token=token, what=_(SAID[row.change]), section="account")


@post("/akun/kembalikan/{token:str}", guards=[guards.public])
async def take_way_back(session: AsyncSession, token: Token) -> Redirect:
    await service.take_way_back(session, token)
    done = see_other("/lupa-sandi", _("Sudah dibatalkan. Semua perangkat dikeluarkan. Sekarang buat kata sandi baru."))
    done.set_cookie(cookies.no_session())
    return done


async def _contact(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    person = await queries.by_id(session, actor.person_id)
    waiting = await queries.waiting_address(session, person)
    return {"person": person, "waiting": masked(waiting.text) if waiting else "", "section": "account"}


HANDLERS = [contact, ask_address, drop_change, way_back, take_way_back]
