"""The first page by person, and the map."""

import gzip

import pytest
from litestar import Litestar

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
        assert "Yang menunggu ta" not in (await stranger.get("/")).text


async def test_a_draft_waits_for_its_citizen(app: Litestar) -> None:
    mother = await a_citizen()
    draft = await a_draft(mother)
    async with client_as(app, mother) as browser:
        page = (await browser.get("/")).text
    assert f"Lanjutkan mengisi permohonan {draft.reference}" in page
    assert f'href="/permohonan/{draft.id}"' in page


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
