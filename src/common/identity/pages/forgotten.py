"""A new password for who has forgotten it, in two forms: the address, then the code."""

from typing import Any

from litestar import Request, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.i18n import gettext as _
from common.identity import service
from common.identity.dependencies import client_of
from common.identity.policy import masked
from common.identity.schemas import Addressed, ReleaseAddress, ResetPassword
from common.settings import get_settings
from common.web import page, reshow, see_other
from common.web.fields import Form
from common.web.templating import Page

Asked = Request[Any, Any, Any]


@get("/lupa-sandi", guards=[guards.public])
async def forgotten_form() -> Page:
    return page("identity/forgotten.html", section="account")


@post("/lupa-sandi", guards=[guards.public])
async def send_code(request: Asked, session: AsyncSession) -> Page:
    """The same page whether or not there is such an account."""
    async with reshow(request, "identity/forgotten.html", section="account") as form:
        address = form.parse(Addressed).address
        await service.ask_reset(session, address, client_of(request))
    return page("identity/new_password.html", form=Form.filled(address=address.text), **_shown(address.text))


@post("/lupa-sandi/kode", guards=[guards.public])
async def new_password(request: Asked, session: AsyncSession) -> Redirect:
    asked = (await request.form()).get("address")
    async with reshow(request, "identity/new_password.html", **_shown(str(asked or ""))) as form:
        await service.reset_password(session, form.parse(ResetPassword), client_of(request))
    return see_other("/masuk", _("Kata sandi baru sudah tersimpan. Silakan masuk."))


@post("/lupa-sandi/lepas", guards=[guards.public])
async def release(request: Asked, session: AsyncSession) -> Redirect:
    """The account with my address is not mine: the address comes free, and nothing of that account comes along."""
    asked = (await request.form()).get("address")
    async with reshow(request, "identity/new_password.html", **_shown(str(asked or ""), releasing=True)) as form:
        given = form.parse(ReleaseAddress)
        await service.release(session, given.address, given.code, client_of(request))
    return see_other("/daftar", _("Nomor atau email itu sudah lepas. Buat akun Anda sendiri di sini."))


def _shown(address: str, *, releasing: bool = False) -> dict[str, Any]:
    return {"masked": masked(address), "releasing": releasing, "demo": get_settings().demo, "section": "account"}


HANDLERS = [forgotten_form, send_code, new_password, release]
