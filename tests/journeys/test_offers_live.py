"""Three browsers around one request: two sellers offer, the buyer compares as it comes and takes one; when she has paid, his desk rings."""

import asyncio

import pytest
from playwright.async_api import Locator, expect

from marvec.seed.accounts import PASSWORD
from tests.journeys.conftest import Arrive
from tests.journeys.walker import CHROMIUM, Walker
from tests.journeys.ways import offer_for_sale, open_shop, pay

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

GOODS = "Kapurung ikan parede"
COUNT_SHAKES = "window.shaken = 0; navigator.vibrate = () => (window.shaken += 1);"


async def test_two_sellers_offer_live_one_is_taken_and_rung_and_the_other_sees_that_it_is_over(arrive: Arrive) -> None:
    buyer, cheap, dear = await arrive("Andi Rezky"), await arrive("Daeng Sila"), await arrive("Puang Lela")
    await asyncio.gather(buyer.sign_in("pembeli@marvec.example", PASSWORD), settle(cheap, 20_000), settle(dear, 22_000))
    await ask(buyer)

    await make_offer(dear, 21_000)
    first = answer_of(buyer, dear)
    await expect(first).to_be_visible()
    await expect(buyer.page.locator("#permintaan-jumlah")).to_contain_text("1 tawaran")
    await first.focus()
    await make_offer(cheap, 19_500)
    await expect(buyer.page.locator("#permintaan-jumlah")).to_contain_text("2 tawaran")
    await expect(first).to_be_focused()  # what came beside it took nothing from under her finger
    await compare(buyer)

    await take(buyer, cheap)
    await expect(dear.page.locator("#perihal")).to_contain_text("Sudah dapat")
    await dear.picture("sudah-dapat")
    await expect(cheap.page.get_by_role("link", name="Lihat pesanannya").first).to_be_visible()
    assert await dear.stood_still()
    assert await cheap.stood_still()
    await dear.go("/pemberitahuan")
    await expect(dear.page.locator("main").get_by_text("pembelinya sudah dapat dari penjual lain").first).to_be_visible()

    await hear_the_bell(buyer, cheap)
    assert buyer.wrong + cheap.wrong + dear.wrong == []


async def settle(seller: Walker, price: int) -> None:
    """With a shop, a thing in it, and the page of chances open."""
    await seller.sign_up(f"{seller.name.split()[1]}@offers.example")
    await open_shop(seller, f"Dapur {seller.name}")
    await offer_for_sale(seller, GOODS, price)
    await seller.go("/toko-saya/peluang")


async def ask(buyer: Walker) -> None:
    await buyer.go("/permintaan/baru")
    await buyer.fill(what=f"12 porsi {GOODS}", kelurahan_code="Rappocini", budget="300000")
    await buyer.press("Sampaikan ke penjual")
    await buyer.see("12 porsi")
    await expect(buyer.page.get_by_role("link", name="Dapur Daeng Sila")).to_be_visible()
    await buyer.stand_still()


async def make_offer(seller: Walker, price: int) -> None:
    await seller.page.locator("#peluang .card", has_text="12 porsi").get_by_role("button", name="Buat tawaran").first.click()
    await seller.see("Andi Rezky")
    await seller.follow("Buat tawaran")
    await seller.see("Buat tawaran")
    await seller.fill(quantity="12", unit_price=str(price), handover="pickup")
    await seller.press("Kirim tawaran")
    await seller.see("Andi Rezky")
    await seller.stand_still()


def answer_of(buyer: Walker, seller: Walker) -> Locator:
    return buyer.page.locator("#permintaan tr.offered", has_text=f"Dapur {seller.name}").get_by_role("link", name="Jawab tawaran")


async def compare(buyer: Walker) -> None:
    """The cheapest first, with the whole price and whether it fits the budget."""
    rows = buyer.page.locator("#permintaan tr.offered")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("Rp234.000")
    await expect(rows.first).to_contain_text("Dapur Daeng Sila")
    await expect(rows.last).to_contain_text("Rp252.000")
    assert await buyer.stood_still()
    await buyer.picture("dua-tawaran")
    await buyer.follow("Terdekat")
    await expect(buyer.page.locator(".switch [aria-current=true]")).to_have_text("Terdekat")
    await expect(rows).to_have_count(2)


async def take(buyer: Walker, seller: Walker) -> None:
    await answer_of(buyer, seller).click()
    await buyer.see(f"12 porsi {GOODS}")
    await buyer.press("Terima tawaran")
    await buyer.see("Pembayaran")


async def hear_the_bell(buyer: Walker, seller: Walker) -> None:
    """Switched on at the desk, it rings when the money is there: said, shaken, counted in the tab."""
    await seller.context.add_init_script(COUNT_SHAKES)
    await seller.go("/toko-saya/pesanan")
    await seller.press("Nyalakan bel")
    await expect(seller.page.get_by_text("Bel menyala di perangkat ini.")).to_be_visible()
    shaken = await seller.page.evaluate("window.shaken")
    await expect(seller.page).to_have_title("Pesanan masuk · Marvec")
    await seller.stand_still()
    await pay(buyer, "Rp234.000")
    await expect(seller.page.locator("[data-ring-said] a")).to_be_visible()
    await expect(seller.page).to_have_title("Pesanan masuk · Marvec")  # both have agreed: nothing is to be answered
    await expect(seller.page.locator("#pesanan-masuk")).to_contain_text(f"12 porsi {GOODS}")
    assert await seller.page.evaluate("window.shaken") == shaken + 1
    assert await seller.stood_still()
    await seller.picture("bel-berbunyi")
    await seller.page.locator("[data-ring-said] a").click()
    await seller.see("Pesanan")
