"""A whole purchase and an officer's morning by keyboard alone: no mouse, and never a moment when one cannot see where one is."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from common.web import static
from marvec.seed.accounts import PASSWORD
from tests.journeys.conftest import Arrive
from tests.journeys.keyboard import MOST_STEPS, Typist
from tests.journeys.walker import CHROMIUM, Walker
from tests.journeys.ways import apply

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


async def test_a_buyer_finds_buys_and_pays_by_keyboard(arrive: Arrive) -> None:
    buyer = await arrive("Andi Rezky")
    hands = Typist(buyer)
    await buyer.go("/")
    await find(hands)
    await put_into_cart(hands)
    await check_out(hands)
    await pay(hands)
    assert hands.unseen == []
    assert buyer.wrong == []


OLD = """<form action="/a"><label>Alasan <input name="note" value=""></label><select name="why"><option>x<option>y</select>
<button>Tolak</button></form><details><summary>Lainnya</summary>isi</details>"""
NEW = f"<p>Ada yang baru</p><form action='/b'><button>Terima</button></form>{OLD}"
HOLD = """async ([address, old, now]) => {
  const { renew } = await import(address);
  const made = (text) => Object.assign(document.createElement("div"), { innerHTML: text });
  const piece = document.querySelector("main").appendChild(made(old));
  const note = piece.querySelector("[name=note]");
  note.focus();
  note.value = "Sudah habis";
  note.setSelectionRange(5, 5);
  piece.querySelector("select").value = "y";
  piece.querySelector("details").open = true;
  renew(piece, made(now));
  const held = document.activeElement;
  const others = [piece.querySelector("select").value, piece.querySelector("details").open];
  const kept = [held !== note, held.name, held.value, held.selectionStart, ...others];
  renew(piece, made("<p>Sudah selesai</p>"));
  return [...kept, document.activeElement === piece];
}"""


async def test_what_comes_anew_takes_nothing_from_the_hand(arrive: Arrive) -> None:
    """Nor does the hand fall to the ground, where what it held is gone."""
    seller = await arrive("Daeng Ngai")
    await seller.go("/")
    kept = await seller.page.evaluate(HOLD, [static.url("renew.js"), OLD, NEW])
    assert kept == [True, "note", "Sudah habis", 5, "y", True, True]
    assert seller.wrong == []


async def find(hands: Typist) -> None:
    await hands.reach(hands.page.get_by_role("searchbox"))
    await hands.type("songkolo")
    await hands.press("Enter")
    await hands.walker.see("songkolo")
    await hands.skip_to_content()
    await hands.reach(hands.page.locator("main a[href^='/barang/']", has_text="Songkolo").first)
    await hands.press("Enter")


async def put_into_cart(hands: Typist) -> None:
    await expect(hands.page.get_by_role("button", name="Masukkan ke keranjang")).to_be_visible()
    await hands.skip_to_content()
    await hands.reach(hands.page.get_by_label("Jumlah"))
    await hands.press("ArrowUp")
    await hands.send("Masukkan ke keranjang")
    await hands.walker.see("Keranjang")
    await hands.skip_to_content()
    await expect(hands.page.get_by_label("Jumlah")).to_have_value("2")
    await hands.follow("Lanjut ke pembayaran")


async def check_out(hands: Typist) -> None:
    """Who is not signed in yet does so on the way."""
    await hands.sign_in("pembeli@marvec.example", PASSWORD)
    await hands.walker.see("Pesan dan bayar")
    await hands.skip_to_content()
    await hands.reach(hands.page.get_by_role("radio", name="Saya ambil sendiri"))
    await hands.press("ArrowDown")
    await expect(hands.page.get_by_role("radio", name="Diantar kurir")).to_be_checked()
    await hands.write("Alamat pengantaran", "Jalan Sultan Alauddin 12")
    await hands.reach(hands.page.locator("#isi [name=kelurahan_code]"))
    await hands.page.keyboard.type("Rappocini")
    await hands.reach(hands.page.get_by_role("checkbox"))
    await hands.press("Space")
    await hands.send("Pesan dan bayar")


async def pay(hands: Typist) -> None:
    """The page of the payment asks again and again whether the money is there; the button stays under the hand."""
    await hands.walker.see("Pembayaran")
    await hands.skip_to_content()
    button = hands.page.get_by_role("button", name="Bayar dengan kartu atau QRIS")
    await hands.reach(button)
    async with hands.page.expect_response(lambda answer: "/bayar/" in answer.url):
        await expect(button).to_be_focused()
    await expect(button).to_be_focused()
    await hands.press("Enter")
    await expect(hands.page.get_by_role("heading", level=1)).to_contain_text("Rp")
    await hands.reach(hands.page.get_by_role("button", name="Bayar Rp"))
    await hands.press("Space")
    await expect(hands.page.get_by_text("Uangnya sudah kami terima.")).to_be_visible()
    await hands.skip_to_content()
    await hands.follow("Lanjut")
    await hands.walker.see("Pesanan")
    await hands.skip_to_content()
    await hands.follow("PSN-", exact=False)
    await expect(hands.page.locator("#pesanan .badge").first).to_have_text("Dibayar, menunggu penjual")


async def test_an_officer_works_through_the_desk_by_single_keys(arrive: Arrive) -> None:
    first, second, late = await arrive("Andi Rezky"), await arrive("Daeng Ngai"), await arrive("Sitti Hasnah")
    officer = await arrive("Nurlaela Tiro", width=1200)
    accounts = (first, "pembeli"), (second, "penjual"), (late, "ibu")
    await asyncio.gather(*(one.sign_in(f"{key}@marvec.example", PASSWORD) for one, key in accounts))
    references = [await apply(first, "Besse Rezky"), await apply(second, "Besse Ngai")]
    hands = Typist(officer)
    await officer.go("/masuk")
    await hands.sign_in("petugas@marvec.example", PASSWORD)
    await officer.see("Nurlaela Tiro")
    await officer.go("/meja")

    await walk_to(hands, references[0])
    await officer.stand_still()
    newest = await apply(late, "Besse Hasnah")
    await expect(officer.page.get_by_role("link", name=newest)).to_be_attached()
    await expect(officer.page.get_by_role("link", name=references[0])).to_be_focused()  # under what came, the hand stays where it was
    assert await officer.stood_still()

    await hands.press("Enter")
    await officer.see(references[0])
    await look_closely(hands)
    await ask_correction(hands)
    await expect(officer.page.get_by_role("heading", level=1)).to_contain_text(references[0])  # the next file comes when it is opened
    await open_by_key(officer, "m", "Meja kerja")
    await walk_to(hands, references[1])
    await hands.press("Enter")
    await officer.see(references[1])
    await open_by_key(officer, "a", references[1])
    await hold_down(officer, "s")
    await open_by_key(officer, "s", references[1])
    await expect(officer.page.get_by_text('Langkah "Pemeriksaan berkas" dicatat.')).to_be_visible()
    await open_by_key(officer, "u", references[1])
    await open_by_key(officer, "s", references[1])
    await open_by_key(officer, "s", references[1])  # who goes on to the next step does not wait for the first
    await expect(officer.page.get_by_text('Langkah "Pencatatan kelahiran" dicatat.')).to_be_visible()
    await expect(officer.page.locator(".timeline li.done", has_text="Pemeriksaan berkas")).to_be_visible()
    here = officer.page.url
    await officer.page.keyboard.press("n")
    await expect(officer.page).not_to_have_url(here)
    await expect(officer.page).to_have_url(re.compile("/meja/[0-9a-f-]{36}"))
    assert hands.unseen == []
    assert first.wrong + second.wrong + late.wrong + officer.wrong == []


async def walk_to(hands: Typist, reference: str) -> None:
    """Down the list with one key; files come and go meanwhile."""
    row = hands.page.get_by_role("link", name=reference)
    await expect(row).to_be_attached()
    for _ in range(MOST_STEPS):
        await hands.press("j")
        await hands.look()
        if await row.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{reference} is not on the desk")


async def look_closely(hands: Typist) -> None:
    """The answers and the papers stand side by side; a paper becomes large and small again under the same key."""
    answers, papers = hands.page.get_by_role("region", name="Isian"), hands.page.get_by_role("region", name="Berkas")
    left, right = await answers.bounding_box(), await papers.bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < 1
    paper = hands.page.locator("a.zoom").first
    await hands.reach(paper)
    await hands.page.wait_for_function("document.querySelector('a.zoom img').naturalWidth > 0")
    small = await paper.locator("img").evaluate("one => one.width")
    await hands.press("Enter")
    await expect(paper).to_have_attribute("data-near", "")
    assert await paper.locator("img").evaluate("one => one.width") > 1.5 * small
    await hands.press("Enter")
    await expect(paper).not_to_have_attribute("data-near", "")


async def ask_correction(hands: Typist) -> None:
    await open_by_key(hands.walker, "a", "Akta kelahiran")
    birthplace = hands.page.locator(".card", has_text="Tempat lahir")
    await hands.reach(birthplace.locator("summary"))
    await hands.press("Enter")
    await hands.reach(birthplace.get_by_role("textbox"))
    await hands.page.keyboard.type("Tulis Makassar dengan dua s, namanya juga Makassar.")  # with letters that are keys elsewhere
    async with hands.page.expect_navigation():
        await hands.press("Enter")


async def hold_down(officer: Walker, key: str) -> None:
    """A key that is still down from the page before decides nothing on the one that has come, nor does one that follows too soon."""
    await officer.page.reload()
    here = officer.page.url
    for _ in range(5):
        await officer.page.keyboard.down(key)  # the second and later ones repeat
    await officer.page.keyboard.up(key)
    await officer.page.keyboard.press(key)
    await expect(officer.page.locator("[data-keys=fresh]")).to_be_attached()
    assert officer.page.url == here
    await expect(officer.page.get_by_role("button", name="Batalkan keputusan")).to_have_count(0)


async def open_by_key(officer: Walker, key: str, title: str) -> None:
    """What decides takes a key once the page has been still for a moment."""
    await expect(officer.page.locator("[data-keys=fresh]")).to_be_attached()
    async with officer.page.expect_navigation():
        await officer.page.keyboard.press(key)
    await officer.see(title)
