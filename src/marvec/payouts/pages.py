"""A seller's money: the account at the provider (`/toko-saya/{slug}/rekening`), the balance (`/toko-saya/saldo`), the statements."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.errors import Conflict, Unavailable
from common.i18n import gettext as _
from common.payments import movements
from common.payments import queries as payments
from common.payments import service as money
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page
from marvec.payouts import paper, requirements, service
from marvec.payouts.months import month_of, months_of
from marvec.payouts.schemas import BalanceOut
from marvec.storefronts import queries as storefronts
from marvec.storefronts.models import Storefront

ON_A_PAGE = 30
Asked = Request[Any, Any, Any]
CSV = "text/csv; charset=utf-8"


@get("/toko-saya/{slug:str}/rekening", guards=[guards.signed_in])
async def show_account(session: AsyncSession, actor: Actor, slug: str) -> Page:
    shop = await service.owned(session, actor, slug)
    return page("payouts/account.html", **await _account(session, shop))


@post("/toko-saya/{slug:str}/rekening", guards=[guards.signed_in])
async def onboard(request: Asked, session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    """On to the provider's form; when it cannot be reached the page says so."""
    shown = await _account(session, await service.owned(session, actor, slug))
    async with reshow(request, "payouts/account.html", **shown):
        url = await service.onboard(actor, slug)
    return see_other(url)


@get("/toko-saya/{slug:str}/rekening/kembali", guards=[guards.signed_in])
async def come_back(actor: Actor, slug: str) -> Response[Any]:
    """The way back from the form: what is true now, without waiting for a message."""
    await service.come_back(actor, slug)
    return see_other(f"/toko-saya/{slug}/rekening")


@get("/toko-saya/{slug:str}/rekening/lanjut", guards=[guards.signed_in])
async def refresh(actor: Actor, slug: str) -> Response[Any]:
    """The link was used up or too old: a new one, and straight on. When the provider is away the account's page takes over."""
    try:
        return see_other(await service.onboard(actor, slug))
    except (Conflict, Unavailable) as error:
        return see_other(f"/toko-saya/{slug}/rekening", toast=str(error))


@post("/toko-saya/{slug:str}/rekening/dasbor", guards=[guards.signed_in])
async def open_dashboard(request: Asked, session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    shown = await _account(session, await service.owned(session, actor, slug))
    async with reshow(request, "payouts/account.html", **shown):
        url = await service.dashboard(actor, slug)
    return see_other(url)


@get("/toko-saya/saldo", guards=[guards.signed_in])
async def show_balance(
    session: AsyncSession, actor: Actor, slug: Annotated[str, QueryParameter(name="toko")] = "", cursor: Cursor = None
) -> Page:
    """Of all shops, or of one of them; statements are made for each shop."""
    shops = await storefronts.owned_by(session, actor.person_id)
    chosen = [await service.owned(session, actor, slug)] if slug else shops
    ids = [shop.id for shop in chosen]
    found = await movements.newest(session, ids, cursor=cursor, limit=ON_A_PAGE)
    chips = [("", "/toko-saya/saldo", _("Semua toko")), *((shop.slug, f"/toko-saya/saldo?toko={shop.slug}", shop.name) for shop in shops)]
    return page(
        "payouts/balance.html", balance=BalanceOut.of(await movements.balance_of(session, ids)), shops=shops, chips=chips, shown=slug,
        lines=await service.lines_of(session, list(found.items)), next=found.next, name_of=paper.name_of, chosen=chosen,
        confirmed=not ids or await money.is_confirmed(session, ids[0]), section="account",
    )  # fmt: skip


@get("/toko-saya/{slug:str}/laporan", guards=[guards.signed_in])
async def list_statements(session: AsyncSession, actor: Actor, slug: str) -> Page:
    shop = await service.owned(session, actor, slug)
    return page(
        "payouts/statements.html",
        shop=shop,
        months=[(f"{month:%Y-%m}", paper.month_name(month)) for month in months_of(shop)],
        section="account",
    )


@get("/toko-saya/{slug:str}/laporan/{month:str}/csv", guards=[guards.signed_in])
async def download_csv(session: AsyncSession, actor: Actor, slug: str, month: str) -> Response[bytes]:
    shop = await service.owned(session, actor, slug)
    found = await service.statement(session, shop, month_of(month, shop))
    return Response(paper.as_csv(found), media_type=CSV, headers=_as_file(shop, month, "csv"))


@get("/toko-saya/{slug:str}/laporan/{month:str}/pdf", guards=[guards.signed_in])
async def download_pdf(session: AsyncSession, actor: Actor, slug: str, month: str) -> Response[bytes]:
    shop = await service.owned(session, actor, slug)
    found = await service.statement(session, shop, month_of(month, shop))
    made = await asyncio.to_thread(paper.as_pdf, found)
    return Response(made, media_type="application/pdf", headers=_as_file(shop, month, "pdf"))


async def _account(session: AsyncSession, shop: Storefront) -> dict[str, Any]:
    row = await payments.seller_account(session, shop.id)
    balance = BalanceOut.of(await movements.balance_of(session, [shop.id]))
    confirmed = await money.is_confirmed(session, shop.id)
    return {"shop": shop, "account": requirements.told(row), "balance": balance, "confirmed": confirmed, "section": "account"}


def _as_file(shop: Storefront, month: str, ending: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="saldo-{shop.slug}-{month}.{ending}"', "cache-control": "private, no-store"}


router = Router(
    "/",
    route_handlers=[
        show_account, onboard, come_back, refresh, open_dashboard, show_balance, list_statements, download_csv, download_pdf,
    ],
    include_in_schema=False,
)  # fmt: skip
