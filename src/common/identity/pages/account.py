"""One's own account: profile, language, NIK, devices, tokens."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.identity import queries, service
from common.identity.schemas import ChangePerson, GiveNik, MakeToken
from common.scopes import SCOPES, STAFF
from common.web import page, reshow, see_other
from common.web.templating import Page

Asked = Request[Any, Any, Any]


@get("/akun", guards=[guards.signed_in])
async def account(session: AsyncSession, actor: Actor) -> Page:
    return page("identity/account.html", **await _account(session, actor))


@post("/akun", guards=[guards.signed_in])
async def change(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    """Name and language."""
    async with reshow(request, "identity/account.html", **await _account(session, actor)) as form:
        await service.change_person(session, actor, form.parse(ChangePerson))
    return see_other("/akun", _("Tersimpan."))


@post("/akun/nik", guards=[guards.signed_in])
async def give_nik(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "identity/account.html", **await _account(session, actor)) as form:
        given = await service.give_nik(session, actor, form.parse(GiveNik))
    odd = _("NIK tersimpan, tapi tanggal lahirnya berbeda. Periksa lagi. Petugas akan mencocokkannya.")
    return see_other("/akun", odd if "birth_date" in given.warnings else _("NIK tersimpan."))


@get("/akun/perangkat", guards=[guards.signed_in])
async def devices(session: AsyncSession, actor: Actor) -> Page:
    rows = await queries.devices_of(session, actor.person_id)
    return page("identity/devices.html", devices=rows, current=actor.session_id, section="account")


@post("/akun/perangkat/{session_id:uuid}/keluarkan", guards=[guards.own_session])
async def sign_device_out(session: AsyncSession, actor: Actor, session_id: UUID) -> Redirect:
    await service.revoke_session(session, actor, session_id)
    return see_other("/akun/perangkat", _("Perangkat itu sudah dikeluarkan."))


@get("/akun/token", guards=[guards.fresh])
async def tokens(session: AsyncSession, actor: Actor) -> Page:
    return page("identity/tokens.html", **await _tokens(session, actor))


@post("/akun/token", guards=[guards.fresh])
async def make_token(request: Asked, session: AsyncSession, actor: Actor) -> Page:
    """The token is shown on the answer itself and never again."""
    async with reshow(request, "identity/tokens.html", **await _tokens(session, actor)) as form:
        _row, token = await service.make_token(session, actor, form.parse(MakeToken))
    return page("identity/tokens.html", headers={"Cache-Control": "no-store"}, **await _tokens(session, actor) | {"made": token})


@post("/akun/token/{token_id:uuid}/cabut", guards=[guards.fresh])
async def revoke_token(session: AsyncSession, actor: Actor, token_id: UUID) -> Redirect:
    await service.revoke_token(session, actor, token_id)
    return see_other("/akun/token", _("Token sudah dicabut."))


async def _tokens(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    standing = await queries.tokens_of(session, actor.person_id)
    offered = {name: text for name, text in SCOPES.items() if actor.grants or name not in STAFF}
    return {"tokens": standing, "made": None, "scopes": offered, "confirmed": actor.assurance > 0, "section": "account"}


async def _account(session: AsyncSession, actor: Actor) -> dict[str, Any]:
    return {
        "person": await queries.by_id(session, actor.person_id),
        "known": await service.facts(session, actor.person_id),
        "nik": await service.masked_nik(session, actor.person_id),
        "assurance": actor.assurance,
        "is_admin": actor.has(Role.ADMIN),
        "is_officer": actor.has(Role.OFFICER),
        "section": "account",
    }


HANDLERS = [account, change, give_nik, devices, sign_device_out, tokens, make_token, revoke_token]
