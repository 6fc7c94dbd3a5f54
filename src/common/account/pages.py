"""Pages of one's own things: addresses, the download, consent, and the way out."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, guards, personal
from common.account import queries, service
from common.account.schemas import Address, AddressOut, CloseAccount
from common.actor import Actor
from common.i18n import gettext as _
from common.identity import cookies
from common.identity import queries as identity
from common.web import Form, page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page

Asked = Request[Any, Any, Any]
MINE = [guards.signed_in]
READS = 10
NOT_KEPT = {"Cache-Control": "private, no-store"}


@get("/akun/alamat", guards=MINE)
async def addresses(session: AsyncSession, actor: Actor) -> Page:
    return page("account/addresses.html", addresses=await queries.addresses_of(session, actor.person_id), section="account")


@get("/akun/alamat/baru", guards=MINE)
async def new_address(actor: Actor) -> Page:
    return page("account/address.html", saved=None, form=Form.filled(recipient=actor.name), section="account")


@post("/akun/alamat/baru", guards=MINE)
async def keep_address(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "account/address.html", saved=None, section="account") as form:
        await service.keep_address(session, actor, form.parse(Address))
    return see_other("/akun/alamat", _("Alamat tersimpan."))


@get("/akun/alamat/{address_id:uuid}", guards=MINE)
async def edit_address(session: AsyncSession, actor: Actor, address_id: UUID) -> Page:
    saved = AddressOut.of(await queries.address(session, actor.person_id, address_id))
    return page("account/address.html", saved=saved, form=Form.filled(**saved.model_dump()), section="account")


@post("/akun/alamat/{address_id:uuid}", guards=MINE)
async def change_address(request: Asked, session: AsyncSession, actor: Actor, address_id: UUID) -> Redirect:
    saved = AddressOut.of(await queries.address(session, actor.person_id, address_id))
    async with reshow(request, "account/address.html", saved=saved, section="account") as form:
        await service.change_address(session, actor, address_id, form.parse(Address))
    return see_other("/akun/alamat", _("Alamat tersimpan."))


@post("/akun/alamat/{address_id:uuid}/utama", guards=MINE)
async def make_default(session: AsyncSession, actor: Actor, address_id: UUID) -> Redirect:
    await service.make_default(session, actor, address_id)
    return see_other("/akun/alamat", _("Alamat utama diganti."))


@post("/akun/alamat/{address_id:uuid}/hapus", guards=MINE)
async def delete_address(session: AsyncSession, actor: Actor, address_id: UUID) -> Redirect:
    await service.delete_address(session, actor, address_id)
    return see_other("/akun/alamat", _("Alamat dihapus."))


@get("/akun/data", guards=MINE)
async def own_data(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Page:
    return page("account/data.html", headers=NOT_KEPT, **await _own_data(session, actor, cursor))


@post("/akun/data", guards=MINE)
async def ask_export(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "account/data.html", **await _own_data(session, actor)):
        await service.ask_export(session, actor)
    return see_other("/akun/data", _("Sebentar, data Anda sedang dikumpulkan."))


@get("/akun/data/{export_id:uuid}/unduh", guards=MINE)
async def download(session: AsyncSession, actor: Actor, export_id: UUID) -> Response[bytes]:
    body = await service.open_export(session, actor, export_id)
    name = f"marvec-data-{clock.today().isoformat()}.zip"
    headers = {**NOT_KEPT, "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type="application/zip", headers=headers)


@post("/akun/tutup", guards=MINE)
async def close_account(request: Asked, session: AsyncSession, actor: Actor) -> Redirect:
    async with reshow(request, "account/data.html", **await _own_data(session, actor)) as form:
        await service.close_account(session, actor, form.parse(CloseAccount).password)
    gone = see_other("/", _("Akun Anda sudah ditutup. Terima kasih sudah bersama Marvec."))
    gone.set_cookie(cookies.no_session())
    return gone


async def _own_data(session: AsyncSession, actor: Actor, cursor: str | None = None) -> dict[str, Any]:
    return {
        "reads": await queries.reads_of(session, actor.person_id, cursor, READS),
        "exports": await queries.exports_of(session, actor.person_id),
        "consents": await identity.consents_of(session, actor.person_id),
        "hindrances": await personal.hindrances_of(session, actor.person_id),
        "section": "account",
    }


router = Router(
    "/",
    route_handlers=[
        addresses, new_address, keep_address, edit_address, change_address, make_default, delete_address, own_data, ask_export, download,
        close_account,
    ],
    include_in_schema=False,
)  # fmt: skip
