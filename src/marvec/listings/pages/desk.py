"""The seller's desk: a shop's goods, and the editor of one. Every button is a form, so all of it works without JavaScript."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from common.web.bodies import TAKES, UPLOAD
from common.web.paging import Cursor, keys_of, page_of
from marvec.listings import goods, queries, service
from marvec.listings.errors import NoSuchListing, NoSuchPicture, NotShown
from marvec.listings.models import Listing
from marvec.listings.schemas import CreateListing, EditListing, ListingForm, QuickChange, Restock, ShiftPicture
from marvec.storefronts import policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts.errors import NotYourStorefront
from marvec.storefronts.models import Storefront

Asked = Request[Any, Any, Any]
MINE = [guards.signed_in]
GOODS, ROWS = "shop-goods", 50
ONE = "/toko-saya/{slug:str}/barang/{listing_id:uuid}"


@get("/toko-saya/{slug:str}/barang", guards=MINE)
async def list_goods(session: AsyncSession, actor: Actor, slug: str, cursor: Cursor = None) -> Response[Any]:
    return page("listings/desk.html", **await _goods(session, await _my_shop(session, actor, slug), cursor))


@post(ONE + "/cepat", guards=MINE)
async def change_quickly(
    request: Asked, session: AsyncSession, actor: Actor, slug: str, listing_id: UUID, cursor: Cursor = None
) -> Response[Any]:
    """Price and stock from the list; when they are refused the list is shown again with the row that was typed in. Back to the same page
    of it."""
    shop = await _my_shop(session, actor, slug)
    async with reshow(request, "listings/desk.html", **{**await _goods(session, shop, cursor), "typed_in": listing_id}) as form:
        await service.change_quickly(session, actor, listing_id, form.parse(QuickChange))
    part = f"?{urlencode({'cursor': cursor})}" if cursor else ""
    return see_other(f"/toko-saya/{slug}/barang{part}#b-{listing_id}", toast=_("Tersimpan mi."))


@get("/toko-saya/{slug:str}/barang/baru", guards=MINE)
async def new_listing(session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    return page("listings/new.html", shop=await _my_shop(session, actor, slug), **_choices())


@post("/toko-saya/{slug:str}/barang/baru", guards=MINE, opt={TAKES: UPLOAD})
async def create_listing(request: Asked, session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    shop = await _my_shop(session, actor, slug)
    async with reshow(request, "listings/new.html", shop=shop, **_choices()) as form:
        data = form.parse(ListingForm)
        listing = await service.create_listing(session, actor, CreateListing(storefront_id=shop.id, **data.model_dump()))
        await _keep_pictures(session, actor, listing.id, form)
        if form.value("publish"):
            return await _publish_or_explain(session, actor, slug, listing)
    return see_other(f"/toko-saya/{slug}/barang/{listing.id}", toast=_("Tersimpan mi."))


@get(ONE, guards=MINE)
async def edit_page(session: AsyncSession, actor: Actor, slug: str, listing_id: UUID) -> Response[Any]:
    context = await _editor(session, actor, slug, listing_id)
    listing: Listing = context["listing"]
    return page(
        "listings/edit.html", form=Form.filled(**listing.model_dump() | {"place.kelurahan_code": listing.kelurahan_code}), **context
    )


@post(ONE, guards=MINE)
async def edit_listing(request: Asked, session: AsyncSession, actor: Actor, slug: str, listing_id: UUID) -> Response[Any]:
    context = await _editor(session, actor, slug, listing_id)
    async with reshow(request, "listings/edit.html", **context) as form:
        await service.edit_listing(session, actor, listing_id, form.parse(EditListing))
    return _back(slug, listing_id, _("Tersimpan mi."))


@post(ONE + "/stok", guards=MINE)
async def restock(request: Asked, session: AsyncSession, actor: Actor, slug: str, listing_id: UUID) -> Response[Any]:
    async with reshow(request, "listings/edit.html", **await _editor(session, actor, slug, listing_id)) as form:
        await service.restock(session, actor, listing_id, free=form.parse(Restock).stock)
    return _back(slug, listing_id, _("Tersimpan mi."))


@post(ONE + "/tayang", guards=MINE)
async def publish_listing(request: Asked, session: AsyncSession, actor: Actor, slug: str, listing_id: UUID) -> Response[Any]:
    async with reshow(request, "listings/edit.html", **await _editor(session, actor, slug, listing_id)):
        await service.publish_listing(session, actor, listing_id)
    return _back(slug, listing_id, _("Barang ta’ sudah tampil mi."))


@post(ONE + "/jeda", guards=MINE)
async def pause_listing(session: AsyncSession, actor: Actor, slug: str, listing_id: UUID) -> Response[Any]:
    await service.pause_listing(session, actor, listing_id)
    return _back(slug, listing_id, _("Barang ini dijeda: tidak tampil di pasar dulu."))


@post(ONE + "/gambar", guards=MINE, opt={TAKES: UPLOAD})
async def add_pictures(request: Asked, session: AsyncSession, actor: Actor, slug: str, listing_id: UUID) -> Response[Any]:
    async with reshow(request, "listings/edit.html", **await _editor(session, actor, slug, listing_id)) as form:
        await _keep_pictures(session, actor, listing_id, form)
    return _back(slug, listing_id, _("Gambar tersimpan mi."))


@post(ONE + "/gambar/{file_id:uuid}/hapus", guards=MINE)
async def remove_picture(session: AsyncSession, actor: Actor, slug: str, listing_id: UUID, file_id: UUID) -> Response[Any]:
    await service.remove_picture(session, actor, listing_id, file_id)
    return _back(slug, listing_id, _("Gambar dihapus."))


@post(ONE + "/gambar/{file_id:uuid}/utama", guards=MINE)
async def put_picture_first(session: AsyncSession, actor: Actor, slug: str, listing_id: UUID, file_id: UUID) -> Response[Any]:
    hanging = await queries.pictures_of(session, listing_id)
    if file_id not in hanging:
        raise NoSuchPicture
    await service.reorder_pictures(session, actor, listing_id, [file_id, *(other for other in hanging if other != file_id)])
    return _back(slug, listing_id, _("Gambar utama diganti."))


@post(ONE + "/gambar/{file_id:uuid}/geser", guards=MINE)
async def shift_picture(request: Asked, session: AsyncSession, actor: Actor, slug: str, listing_id: UUID, file_id: UUID) -> Response[Any]:
    by = Form.sent(await request.form()).parse(ShiftPicture).by
    await service.shift_picture(session, actor, listing_id, file_id, by)
    return see_other(f"/toko-saya/{slug}/barang/{listing_id}#g-{file_id}", toast=_("Urutan gambar diganti."))


async def _publish_or_explain(session: AsyncSession, actor: Actor, slug: str, listing: Listing) -> Response[Any]:
    """What may not be shown yet stays a draft: its editor says why, and what to do. Nothing is written before such a refusal."""
    try:
        await service.publish_listing(session, actor, listing.id)
    except NotShown as error:
        return see_other(f"/toko-saya/{slug}/barang/{listing.id}", toast=_("Tersimpan, belum tampil. %(because)s", because=str(error)))
    return see_other(f"/toko-saya/{slug}/barang/{listing.id}", toast=_("Tersimpan mi."))


async def _goods(session: AsyncSession, shop: Storefront, cursor: str | None) -> dict[str, Any]:
    """A page of the shop's list; `here` is its own cursor, `next` the following one's."""
    keys = keys_of(GOODS, cursor)
    rows = await queries.of_storefront(session, shop.id, only_visible=False, before=keys[0] if keys else None, limit=ROWS + 1)
    found = page_of(rows, ROWS, GOODS, lambda row: [row.id], lambda row: row)
    ids = [listing.id for listing in found.items]
    pictures = {listing_id: files[0] for listing_id, files in (await queries.pictures_of_all(session, ids)).items()}
    return {
        "shop": shop, "goods": found.items, "here": cursor, "next": found.next, "stock": await queries.stock_of(session, ids),
        "pictures": pictures, "typed_in": None,
    }  # fmt: skip


async def _keep_pictures(session: AsyncSession, actor: Actor, listing_id: UUID, form: Form) -> None:
    for upload in form.values("pictures"):
        if isinstance(upload, UploadFile):
            await service.upload_picture(session, actor, listing_id, await upload.read(), upload.filename)


async def _editor(session: AsyncSession, actor: Actor, slug: str, listing_id: UUID) -> dict[str, Any]:
    """What the editor's page shows beside its form."""
    shop = await _my_shop(session, actor, slug)
    listing = await queries.by_id(session, listing_id)
    if listing.storefront_id != shop.id:
        raise NoSuchListing
    stock = await queries.stock_of(session, [listing_id])
    pictures = await queries.pictures_of(session, listing_id)
    obstacle = await service.obstacle(session, listing)
    return {"shop": shop, "listing": listing, "obstacle": obstacle, "stock": stock[listing_id], "pictures": pictures, **_choices()}


async def _my_shop(session: AsyncSession, actor: Actor, slug: str) -> Storefront:
    shop = await storefronts.by_slug(session, slug)
    if not policy.may_manage(actor, shop):
        raise NotYourStorefront
    return shop


def _choices() -> dict[str, Any]:
    kinds: dict[str, list[str]] = {}
    for good in goods.all_goods():
        kinds.setdefault(_(goods.CATEGORY_NAMES[good.category]), []).append(good.name)
    return {"categories": [(key, _(name)) for key, name in goods.CATEGORY_NAMES.items()], "units": goods.units(), "kinds": kinds}


def _back(slug: str, listing_id: UUID, toast: str) -> Response[Any]:
    return see_other(f"/toko-saya/{slug}/barang/{listing_id}", toast=toast)


HANDLERS = [
    list_goods, new_listing, create_listing, edit_page, edit_listing, restock, publish_listing, pause_listing, add_pictures, remove_picture,
    put_picture_first, shift_picture, change_quickly,
]  # fmt: skip
