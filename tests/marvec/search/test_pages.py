"""The market and the first page, as a browser without JavaScript sees them."""

import gzip
import re
from html import unescape

import httpx

from tests.marvec.search.make import market


async def test_the_market_shows_filters_and_goods(client: httpx.AsyncClient) -> None:
    await market()
    page = (await client.get("/pasar", params={"q": "kue di mariso maks 5 ribu"})).text
    assert "Jalangkote isi telur" in page
    assert "Bolu peca" not in page
    assert "paling banyak Rp5.000" in page
    assert "Mariso" in page


async def test_the_next_page_is_a_link(client: httpx.AsyncClient) -> None:
    await market()
    page = (await client.get("/pasar", params={"sort": "cheapest"})).text
    assert page.index("Jalangkote isi telur") < page.index("Songkolo bagadang") < page.index("Sarung sutra Sengkang")
    assert 'rel="next"' not in page


async def test_a_filter_that_makes_no_sense_is_said_at_its_field(client: httpx.AsyncClient) -> None:
    answer = await client.get("/pasar", params={"min": "murah"})
    assert answer.status_code == 422
    assert 'id="e-min"' in answer.text


async def test_nothing_found_says_what_to_do_next(client: httpx.AsyncClient) -> None:
    page = (await client.get("/pasar", params={"q": "sengkeng"})).text
    assert "/permintaan/baru" in page


async def test_one_box_answers_with_services_shops_and_goods(client: httpx.AsyncClient) -> None:
    await market()
    page = (await client.get("/cari", params={"q": "bapakku meninggal"})).text
    assert "Akta kematian" in page
    assert 'href="/kantor?q=DISDUKCAPIL"' in page
    page = (await client.get("/cari", params={"q": "bayiku belum punya akta"})).text
    assert 'href="/layanan/akta-kelahiran"' in page
    page = (await client.get("/cari", params={"q": "sarung sutra"})).text
    assert "Sarung sutra Sengkang" in page
    assert 'href="/pasar?q=sarung%20sutra"' in page
    assert (await client.get("/cari")).headers["location"] == "/pasar"


async def test_an_emergency_shows_112_before_all_else(client: httpx.AsyncClient) -> None:
    page = (await client.get("/cari", params={"q": "rumah kebakaran"})).text
    assert 'href="tel:112"' in page
    page = (await client.get("/cari", params={"q": "dipukul suami"})).text
    assert page.index('href="tel:112"') < page.index("Pendampingan korban kekerasan")


async def test_the_first_page_is_light_and_leads_everywhere(client: httpx.AsyncClient) -> None:
    await market()
    answer = await client.get("/")
    assert answer.status_code == 200
    assert len(gzip.compress(answer.content)) < 20_000
    for address in ("/pasar?category=kue", "/layanan", "/toko/baru", "/cari"):
        assert f'"{address}"' in answer.text
    assert "Sarung sutra Sengkang" in answer.text


async def test_the_first_page_of_an_empty_city_invites(client: httpx.AsyncClient) -> None:
    assert "Pasar sebentar lagi buka" in (await client.get("/", params={"near": "bukan,posisi"})).text


async def test_with_a_position_the_nearest_come_first(client: httpx.AsyncClient) -> None:
    await market()
    page = (await client.get("/", params={"near": "-5.1622,119.4043"})).text
    assert page.index("Jalangkote isi telur") < page.index("Sarung sutra Sengkang")
    assert "near=-5.1622%2C119.4043" in page


async def test_what_was_understood_is_a_chip_that_can_be_dropped(client: httpx.AsyncClient) -> None:
    await market()
    page = (await client.get("/pasar", params={"q": "5 songkolo untuk arisan di Mariso maks 100rb"})).text
    chips = re.findall(r'<li><a href="([^"]+)#saring">([^<]+) <span aria-hidden', page)
    texts = {text: unescape(address).replace("cursor=&", "") for address, text in chips}
    assert set(texts) == {"jumlah: 5", "untuk arisan", "Mariso", "paling banyak Rp20.000"}
    assert texts["paling banyak Rp20.000"] == "/pasar?q=songkolo&kecamatan=Mariso"
    assert texts["Mariso"] == "/pasar?q=songkolo&max=20000"
    wider = (await client.get(texts["Mariso"])).text
    assert "Songkolo bagadang" in wider
    assert "paling banyak Rp20.000" in wider
    assert "Mariso</a>" not in wider
