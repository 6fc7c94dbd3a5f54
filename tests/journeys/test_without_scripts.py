"""The main jobs in a browser that runs no script at all: an account, a shop, a purchase, a request, an application to the city."""

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.walker import CHROMIUM, Walker, reload_until
from tests.journeys.ways import attach_documents, fill_form, offer_for_sale, open_shop, pay, submit

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

GOODS = "Bassang jagung Daeng Tonji"


async def test_a_shop_is_opened_and_bought_from_without_a_script(arrive: Arrive) -> None:
    seller, buyer = await arrive("Daeng Tonji", scripts=False), await arrive("Andi Patta", scripts=False)
    await seller.sign_up("tonji@plain.example")
    await open_shop(seller, "Dapur Daeng Tonji")
    await offer_for_sale(seller, GOODS, 9_000)
    await expect(seller.page.get_by_role("img", name=f"Gambar 1: {GOODS}")).to_be_visible()

    await buyer.sign_up("patta@plain.example")
    await buy(buyer)
    await accept(seller)
    await receive(buyer)
    await ask(buyer)
    assert seller.wrong + buyer.wrong == []


async def test_a_stranger_applies_to_the_city_without_a_script(arrive: Arrive) -> None:
    citizen = await arrive("Andi Minasa", scripts=False)
    await citizen.go("/layanan/akta-kelahiran")
    await citizen.follow("Masuk untuk memulai")
    await citizen.see("Masuk")
    await citizen.sign_up("minasa@plain.example")
    await fill_form(citizen)
    await attach_documents(citizen)
    reference = await submit(citizen)
    await citizen.go("/permohonan")
    await expect(citizen.page.locator("main").get_by_text(reference)).to_be_visible()
    assert citizen.wrong == []


async def buy(buyer: Walker) -> None:
    await buyer.go("/")
    await buyer.page.get_by_role("searchbox").fill("bassang")
    await buyer.press("Cari")
    await buyer.page.locator("main a[href^='/barang/']", has_text=GOODS).click()
    await buyer.see(GOODS)
    await expect(buyer.page.get_by_role("button", name="Masukkan ke keranjang")).to_be_in_viewport(ratio=1)  # without scrolling
    await buyer.fill(quantity="3")
    await buyer.press("Masukkan ke keranjang")
    await buyer.see("Keranjang")
    await buyer.follow("Lanjut ke pembayaran")
    await buyer.see("Pesan dan bayar")
    await buyer.fill(kind="courier", address="Jalan Rappocini Raya 5", kelurahan_code="Rappocini")
    await buyer.press("Pesan dan bayar")
    await pay(buyer, "Rp27.000")


async def accept(seller: Walker) -> None:
    await seller.go("/toko-saya/pesanan")
    await reload_until(seller.page.get_by_role("button", name="Terima pesanan"))
    await seller.press("Terima pesanan")
    await seller.press("Sudah dikirim")
    await expect(seller.page.locator("#tunggu")).to_contain_text(f"3 porsi {GOODS}")


async def receive(buyer: Walker) -> None:
    await buyer.page.locator("#isi .list a").first.click()
    await buyer.see("Pesanan")
    await buyer.press("Sudah saya terima")
    await expect(buyer.page.locator("#pesanan .badge").first).to_have_text("Selesai")


async def ask(buyer: Walker) -> None:
    await buyer.go("/permintaan/baru")
    await buyer.fill(what="40 porsi bassang jagung", kelurahan_code="Rappocini", budget="400000")
    await buyer.press("Sampaikan ke penjual")
    await buyer.see("40 porsi")
    await expect(buyer.page.get_by_text("Masih dicari")).to_be_visible()
