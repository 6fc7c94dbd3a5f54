"""`/toko-saya/{slug}/angka`: the last twelve weeks of one shop, as pictures and as tables."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, Router, get
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, guards
from common.actor import Actor
from common.i18n import tanggal
from common.web import page
from marvec.orders import queries as orders
from marvec.orders.schemas import WeekOfSales
from marvec.storefronts import policy
from marvec.storefronts import queries as storefronts
from marvec.storefronts.errors import NotYourStorefront

WEEKS = 12


@get("/toko-saya/{slug:str}/angka", guards=[guards.signed_in])
async def show_figures(session: AsyncSession, actor: Actor, slug: str) -> Response[Any]:
    shop = await storefronts.by_slug(session, slug)
    if not policy.may_manage(actor, shop):
        raise NotYourStorefront
    mondays = last_mondays(clock.today())
    weeks = filled(await orders.sales_by_week(session, shop.owner_id, shop.id, since=mondays[0]), mondays)
    best = await orders.best_goods(session, shop.owner_id, shop.id, since=mondays[0])
    return page(
        "insights/figures.html", shop=shop, weeks=weeks, earned=sum(week.earned for week in weeks),
        sold=sum(week.orders for week in weeks), best=[(one.title, one.earned, f"{one.pieces} {one.unit}") for one in best],
        bars=[(tanggal(week.monday, weekday=False, short=True), week.earned) for week in weeks],
    )  # fmt: skip


def last_mondays(today: date) -> list[date]:
    """The Mondays of the last twelve weeks, this one included, oldest first."""
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def filled(found: list[WeekOfSales], mondays: list[date]) -> list[WeekOfSales]:
    """A week in which nothing was sold is a bar of no height, not a gap."""
    known = {week.monday: week for week in found}
    return [known.get(monday, WeekOfSales(monday, 0, 0)) for monday in mondays]


router = Router("/", route_handlers=[show_figures], include_in_schema=False)
