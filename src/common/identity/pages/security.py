"""Password and second factor."""

from typing import Any

import segno
from litestar import Request, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.i18n import gettext as _
from common.identity import cookies, queries, service
from common.identity.schemas import ChangePassword, GiveSecondFactor
from common.identity.service import second_factor
from common.web import page, reshow, see_other
from common.web.templating import Page

Asked = Request[Any, Any, Any]
NOT_KEPT = {"Cache-Control": "no-store"}


@get("/akun/keamanan", guards=[guards.signed_in])
async def security(session: AsyncSession, actor: Actor) -> Page:
    return page("identity/security.html", **await _security(session, actor))


@post("/akun/keamanan/sandi", guards=[guards.own_session])
async def change_password(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    """By the present one, which is the proof. Other devices are signed out, tokens end; this session goes on under a new token."""
    async with reshow(request, "identity/security.html", **await _security(session, actor)) as form:
        token = await service.change_password(session, actor, form.parse(ChangePassword))
    answer = see_other("/akun/keamanan", _("Kata sandi sudah diganti. Perangkat lain dan semua token sudah dikeluarkan."))
    if token:
        answer.set_cookie(cookies.session_cookie(token))
    return answer


@post("/akun/keamanan/autentikator", guards=[guards.fresh])
async def begin(session: AsyncSession, actor: Actor) -> Page:
    """The secret as a picture and as text; not yet in force."""
    secret, uri = await second_factor.begin(session, actor)
    return page("identity/authenticator.html", headers=NOT_KEPT, secret=secret, picture=_picture(uri), section="account")


@post("/akun/keamanan/autentikator/kode", guards=[guards.fresh])
async def turn_on(request: Asked, session: AsyncSession, actor: Actor) -> Page:
    """In force; the recovery codes are shown on the answer itself and never again."""
    async with reshow(request, "identity/authenticator.html", secret="", picture="", section="account") as form:
        codes, token = await second_factor.turn_on(session, actor, form.parse(GiveSecondFactor).code)
    answer = page("identity/recovery_codes.html", headers=NOT_KEPT, codes=codes, section="account")
    if token:
        answer.set_cookie(cookies.session_cookie(token))
    return answer


@post("/akun/keamanan/autentikator/matikan", guards=[guards.fresh])
async def turn_off(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "identity/security.html", **await _security(session, actor)) as form:
        await second_factor.turn_off(session, actor, form.parse(GiveSecondFactor).code)
    return see_other("/akun/keamanan", _("Autentikator sudah dimatikan."))


async def _security(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    return {"second_factor": await queries.has_second_factor(session, actor.person_id), "section": "account"}


def _picture(uri: str) -> str:
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=2, light="white"))


HANDLERS = [security, change_password, begin, turn_on, turn_off]
