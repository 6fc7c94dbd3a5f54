"""A shop's figures come from its orders, in weeks of WITA; nobody else sees them."""

from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar

from common import clock
from common.db import unit_of_work
from marvec.insights.pages import filled, last_mondays
from marvec.orders import queries
from marvec.orders.machine import OrderState
from marvec.orders.schemas import WeekOfSales
from marvec.storefronts import queries as storefronts
from tests.marvec import make
from tests.marvec.acting import client_as
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


def test_weeks_begin_on_monday_and_empty_ones_have_a_bar_of_no_height() -> None:
    mondays = last_mondays(datetime(2026, 11, 24, tzinfo=UTC).date())
    assert (len(mondays), mondays[0].isoformat(), mondays[-1].isoformat()) == (12, "2026-09-07", "2026-11-23")
    weeks = filled([WeekOfSales(mondays[3], 30_000, 1)], mondays)
    assert [week.earned for week in weeks] == [0, 0, 0, 30_000, 0, 0, 0, 0, 0, 0, 0, 0]


async def test_sold_goods_are_counted_and_declined_ones_are_not(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.PAID, run_jobs)
    async with unit_of_work() as session:
        (shop,) = await storefronts.owned_by(session, deal.seller.person_id)
        since = clock.today() - timedelta(days=clock.today().weekday())
        assert await queries.sales_by_week(session, shop.owner_id, shop.id, since=since) == [WeekOfSales(since, 30_000, 1)]
        (best,) = await queries.best_goods(session, shop.owner_id, shop.id, since=since)
        assert (best.title, best.earned, best.pieces, best.unit) == ("Songkolo bagadang", 30_000, 2, "porsi")
    async with client_as(app, deal.seller) as seller, client_as(app, deal.buyer) as stranger:
        page = (await seller.get(f"/toko-saya/{shop.slug}/angka")).text
        assert "Rp30.000" in page
        assert "<svg viewBox" in page
        assert (await stranger.get(f"/toko-saya/{shop.slug}/angka")).status_code == 403
    await make.move(deal.seller, deal.order_id, OrderState.DECLINED, because="Bahan habis.")
    async with unit_of_work() as session:
        assert await queries.sales_by_week(session, shop.owner_id, shop.id, since=since) == []


async def test_the_first_day_leads_from_the_shop_to_the_first_item_and_the_account(app: Litestar, run_jobs: RunJobs) -> None:
    seller = await make.member("Penjual")
    shop = await make.shop(seller)
    async with client_as(app, seller) as browser:
        page = (await browser.get("/toko-saya")).text
        assert f'href="/toko-saya/{shop.slug}/barang/baru"' in page
        assert f'href="/toko-saya/{shop.slug}/rekening"' in page
        assert "Siapkan rekening" in (await browser.get(f"/toko-saya/{shop.slug}/rekening")).text
