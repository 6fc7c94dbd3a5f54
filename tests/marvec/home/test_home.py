"""The first page by person, and the map."""

import gzip
import json

import pytest
from litestar import Litestar

from common import regions
from marvec.orders.machine import OrderState
from tests.civic.services.make import a_citizen, a_draft
from tests.marvec import make
from tests.marvec.acting import client_as
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


async def test_the_first_page_says_what_waits_for_a_seller_and_nothing_to_strangers(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.PAID, run_jobs)
    async with client_as(app, deal.seller) as seller, client_as(app, None) as stranger:
        assert "1 pesanan baru perlu dijawab" in (await seller.get("/")).text
        assert "Yang perlu ki" not in (await stranger.get("/")).text


async def test_a_draft_waits_for_its_citizen(app: Litestar) -> None:
    mother = await a_citizen()
    draft = await a_draft(mother)
    async with client_as(app, mother) as browser:
        page = (await browser.get("/")).text
    assert f"Lanjutkan mengisi permohonan {draft.reference}" in page
    assert f'href="/permohonan/{draft.id}"' in page


async def test_the_first_page_stands_where_its_visitor_said(app: Litestar) -> None:
    """Said once, to the queues or to the market, it is remembered."""
    here, there = regions.kelurahan("73.71.09.1001"), regions.kelurahan("73.71.15.1001")
    for place in (there, here):  # the nearer one is older
        await make.goods(title=f"Songkolo {place.name}", at=place.code)
    async with client_as(app, None) as browser:
        assert "Baru di pasar" in (await browser.get("/")).text
        await browser.get(f"/antrean?kelurahan={there.code}")
        page = (await browser.get("/")).text
    assert f"Dekat {there.name}" in page
    assert page.index(f"Songkolo {there.name}") < page.index(f"Songkolo {here.name}")


async def test_the_map_leads_from_the_city_to_the_goods_of_a_kelurahan_and_is_light(app: Litestar) -> None:
    await make.goods(title="Songkolo bagadang")
    async with client_as(app, None) as browser:
        answer = await browser.get("/peta")
        assert len(gzip.compress(answer.content)) < 25_000
        assert 'href="?kecamatan=Mariso"' in answer.text
        near = (await browser.get("/peta?kecamatan=Mariso")).text
        assert f'href="/pasar?kelurahan={make.KELURAHAN}"' in near
        assert "1 barang" in near
        assert (await browser.get("/peta?kecamatan=Atlantis")).status_code == 200
        assert len(gzip.compress((await browser.get("/peta/pilih")).content)) < 10_000


async def test_crawlers_find_every_public_page_and_what_a_thing_costs(app: Litestar) -> None:
    listing = await make.goods(title='Songkolo "bagadang"</script>')
    async with client_as(app, None) as browser:
        assert "<loc>http://testserver/sitemap/1.xml</loc>" in (await browser.get("/sitemap.xml")).text
        assert f"<loc>http://testserver/barang/{listing.id}</loc>" in (await browser.get("/sitemap/1.xml")).text
        assert "<loc>http://testserver/toko/" in (await browser.get("/sitemap/0.xml")).text
        assert (await browser.get("/sitemap/passwd")).status_code == 404
        page = (await browser.get(f"/barang/{listing.id}")).text
    assert f'<link rel="canonical" href="http://testserver/barang/{listing.id}">' in page
    block = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    told = json.loads(block)
    assert (told["name"], told["offers"]["price"], told["offers"]["priceCurrency"]) == (listing.title, 15_000, "IDR")
