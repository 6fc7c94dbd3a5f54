"""Password, passkeys and second factor."""

from typing import Any
from uuid import UUID

import segno
from litestar import Request, Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.i18n import gettext as _
from common.identity import cookies, queries, service
from common.identity.policy import device_of
from common.identity.schemas import ChangePassword, GiveSecondFactor, RegisterPasskey
from common.identity.service import challenges, passkeys, second_factor
from common.web import page, reshow, see_other
from common.web.templating import Page

Asked = Request[Any, Any, Any]
NOT_KEPT = {"Cache-Control": "no-store"}


@get("/akun/keamanan", guards=[guards.signed_in])
async def security(request: Asked, session: AsyncSession, actor: Actor) -> Page:
    return page("identity/security.html", **await _security(request, session, actor))


@post("/akun/keamanan/sandi", guards=[guards.own_session])
async def change_password(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    """By the present one, which is the proof. Other devices are signed out, tokens end; this session goes on under a new token."""
    async with reshow(request, "identity/security.html", **await _security(request, session, actor)) as form:
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
    async with reshow(request, "identity/security.html", **await _security(request, session, actor)) as form:
        await second_factor.turn_off(session, actor, form.parse(GiveSecondFactor).code)
    return see_other("/akun/keamanan", _("Autentikator sudah dimatikan."))


@post("/akun/keamanan/kunci-sandi/tantangan", guards=[guards.fresh], status_code=200)
async def begin_passkey(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    return await passkeys.creation_options(session, actor)


@post("/akun/keamanan/kunci-sandi", guards=[guards.fresh])
async def register_passkey(request: Asked, session: AsyncSession, actor: Actor) -> Response[Any]:
    """In force; new recovery codes are shown on the answer itself and never again."""
    async with reshow(request, "identity/security.html", **await _security(request, session, actor)) as form:
        asked = form.parse(RegisterPasskey)
        made = await passkeys.register(session, actor, asked.name, asked.passkey)
    done = see_other("/akun/keamanan", _("Kunci sandi sudah ditambahkan. Perangkat lain dan semua token sudah dikeluarkan."))
    answer = page("identity/recovery_codes.html", headers=NOT_KEPT, codes=made.codes, passkey=True, section="account")
    shown: Response[Any] = answer if made.codes else done
    if made.token:
        shown.set_cookie(cookies.session_cookie(made.token))
    return shown


@post("/akun/keamanan/kunci-sandi/{passkey_id:uuid}/hapus", guards=[guards.fresh])
async def remove_passkey(session: AsyncSession, actor: Actor, passkey_id: UUID) -> Redirect:
    await passkeys.remove(session, actor, passkey_id)
    return see_other("/akun/keamanan", _("Kunci sandi sudah dihapus. Perangkat lain dan semua token sudah dikeluarkan."))


async def _security(request: Asked, session: AsyncSession, actor: Actor) -> dict[str, Any]:
    return {
        "second_factor": await queries.has_authenticator(session, actor.person_id),
        "passkeys": await queries.passkeys_of(session, actor.person_id),
        "possible": challenges.possible() and actor.assurance > 0,
        "this_device": device_of(request.headers.get("user-agent", "")),
        "factor_due": actor.factor_due,
        "section": "account",
    }


def _picture(uri: str) -> str:
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=2, light="white"))


HANDLERS = [security, change_password, begin, turn_on, turn_off, begin_passkey, register_passkey, remove_passkey]
