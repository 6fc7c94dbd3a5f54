"""The main job as people do it: on telephones, in a real browser, in a city that `marvec run` started."""

import re

import pytest
from playwright.async_api import expect

from common.i18n import catalogs, gettext, speaking
from marvec.seed.accounts import PASSWORD as STAFF_PASSWORD
from tests.journeys.conftest import Arrive
from tests.journeys.walker import CHROMIUM, Walker
from tests.journeys.ways import attach_documents, fill_form, offer_for_sale, open_shop, pay, submit

IN_EFFECT = 30_000
"""Milliseconds: ten seconds to undo, and a sweep."""
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


async def test_a_seller_and_a_buyer_meet_live_agree_pay_and_are_done(arrive: Arrive) -> None:
    seller = await arrive("Daeng Bollo")
    buyer = await arrive("Andi Tenri")
    await seller.sign_up("bollo@journey.example")
    await open_shop(seller, "Dapur Daeng Bollo")
    await offer_for_sale(seller, "Songkolo begadang khas Bollo", 15_000)
    await buyer.sign_up("tenri@journey.example")

    await seller.go("/toko-saya/peluang")
    await seller.see("Peluang")
    await post_request(buyer)
    await answer_chance(seller)
    await talk(seller, buyer)
    await agree(seller, buyer)
    await pay(buyer, "Rp280.000")
    await fulfil(seller, buyer)
    assert seller.wrong + buyer.wrong == []


async def test_a_citizen_is_served_and_anybody_can_check_the_document(arrive: Arrive) -> None:
    citizen = await arrive("Andi Mappa")
    officer = await arrive("Nurlaela Tiro", width=1200)
    stranger = await arrive("Seseorang")
    await citizen.sign_up("mappa@journey.example")
    await officer.sign_in("petugas@marvec.example", STAFF_PASSWORD)

    await fill_form(citizen)
    await attach_documents(citizen)
    reference = await submit(citizen)
    file = await ask_correction(officer, reference)
    await mend(citizen)
    await complete(officer, file)
    code = await download(citizen)
    await stranger.go(f"/cek/{code}")
    await stranger.see("Kutipan Akta Kelahiran")
    await expect(stranger.page.get_by_text("Asli dan berlaku")).to_be_visible()
    await revoke(officer, file)
    await stranger.go(f"/cek/{code}")
    await expect(stranger.page.get_by_text("Dicabut", exact=True)).to_be_visible()
    await stranger.picture("dicabut")
    await expect(citizen.page.get_by_text("Dokumen ini tidak berlaku lagi")).to_be_visible()
    assert citizen.wrong + officer.wrong + stranger.wrong == []


PUBLIC_PAGES = (
    "/", "/pasar", "/pasar?q=songkolo", "/pasar?q=zzzz", "/keranjang", "/layanan", "/layanan/akta-kelahiran", "/layanan/pbg",
    "/kantor", "/kantor?q=disnaker", "/cek", "/masuk", "/daftar", "/lupa-sandi", "/api/docs",
)  # fmt: skip
OWN_PAGES = (
    "/akun", "/akun/kontak", "/akun/pastikan",
    "/akun/perangkat", "/akun/keamanan", "/akun/token", "/pemberitahuan", "/pesan", "/permintaan", "/permintaan/baru", "/pesanan",
    "/permohonan", "/toko-saya", "/toko/baru", "/toko-saya/pesanan", "/toko-saya/peluang",
)  # fmt: skip
OUR_WORDS = "nav a, h1, h2, label, legend, button, summary, .button, .badge, .empty, .facts dt, .soft, footer p"


@pytest.mark.parametrize(("account", "paths"), [(None, PUBLIC_PAGES), ("penjual", OWN_PAGES), ("petugas", ("/meja",))])
async def test_a_visitor_who_reads_english_is_not_left_alone(arrive: Arrive, account: str | None, paths: tuple[str, ...]) -> None:
    indonesian = untranslated_if_shown()
    visitor = await arrive("Daeng Ngai", language="en-GB")
    await visitor.go("/?bahasa=en")
    await expect(visitor.page.locator(".bottom a")).to_have_text(["Home", "Market", "Services", "Messages", "Account"])
    if account:
        await visitor.go("/masuk")
        await visitor.fill(address=f"{account}@marvec.example", password=STAFF_PASSWORD)
        await visitor.press("Sign in")
        await visitor.page.wait_for_url("**/akun")
    left = {}
    for path in paths:
        await visitor.go(path)
        shown = await visitor.page.locator(OUR_WORDS).all_inner_texts()
        await visitor.picture(path.replace("/", "-"))
        if found := indonesian & {line.strip() for text in shown for line in text.splitlines()}:
            left[path] = found
    assert left == {}
    assert visitor.wrong == []


def untranslated_if_shown() -> set[str]:
    """Texts of ours that are said otherwise in English."""
    texts = {text if isinstance(text, str) else text[0] for room in catalogs.rooms() for text in catalogs.messages_of(room)}
    with speaking("en"):
        return {text for text in texts if gettext(text) != text}


async def post_request(buyer: Walker) -> None:
    await buyer.go("/")
    await buyer.follow("Minta barang")
    await buyer.see("Mau ki’ cari apa?")
    await buyer.fill(what="20 porsi songkolo begadang", kelurahan_code="Rappocini", budget="400000")
    await buyer.press("Sampaikan ke penjual")
    await buyer.see("songkolo")
    await expect(buyer.page.get_by_role("link", name="Songkolo begadang khas Bollo").first).to_be_visible()


async def answer_chance(seller: Walker) -> None:
    """The chance appears on the page that stands open: nobody reloads it."""
    chance = seller.page.locator("#peluang .card", has_text="20 porsi songkolo begadang").first
    await expect(chance).to_be_visible()
    await seller.picture("peluang")
    await chance.get_by_role("button", name="Buat tawaran").click()
    await seller.see("Andi Tenri")


async def talk(seller: Walker, buyer: Walker) -> None:
    await buyer.go("/pesan")
    await buyer.page.get_by_role("link", name=re.compile("Daeng Bollo")).click()
    await buyer.see("Daeng Bollo")
    await say(seller, "Iye’, bisa. Untuk kapan?")
    await expect(buyer.page.locator(".bubble").last).to_contain_text("Untuk kapan?")
    await say(buyer, "Besok pagi di’)")
    await expect(seller.page.locator(".bubble").last).to_contain_text("Besok pagi")
    await buyer.picture("percakapan")


async def say(person: Walker, text: str) -> None:
    await person.page.get_by_label("Tulis pesan").fill(text)
    await person.press("Kirim")


async def agree(seller: Walker, buyer: Walker) -> None:
    await seller.follow("Buat tawaran")
    await seller.see("Buat tawaran")
    await seller.fill(listing_id="Songkolo begadang khas Bollo (Rp15.000/porsi)", quantity="20", unit_price="14000", handover="courier")
    await seller.press("Kirim tawaran")
    await seller.see("Andi Tenri")
    await buyer.page.get_by_role("link", name="Lihat tawaran").click()
    await buyer.see("20 porsi Songkolo begadang khas Bollo")
    await buyer.fill(address="Jalan Sultan Alauddin 12", kelurahan_code="Rappocini")
    await buyer.press("Terima tawaran")


async def fulfil(seller: Walker, buyer: Walker) -> None:
    await seller.go("/toko-saya/pesanan")
    await seller.see("Pesanan masuk")
    await seller.page.locator("#pesanan-masuk .list a").first.click()
    await seller.see("Pesanan")
    await buyer.page.locator("#isi .list a").first.click()
    await buyer.see("Pesanan")
    badge = buyer.page.locator("#pesanan .badge").first
    await expect(badge).to_have_text("Sementara dibuat")  # both have agreed in the offer
    await seller.press("Sudah dikirim")
    await expect(badge).to_have_text("Dalam perjalanan")
    await buyer.press("Sudah saya terima")
    await expect(badge).to_have_text("Selesai")


async def ask_correction(officer: Walker, reference: str) -> str:
    """The address of the file. What is asked goes out when the time to undo it is over."""
    await officer.go("/meja")
    await officer.see("Meja kerja")
    await officer.follow(reference)
    await officer.see(reference)
    file = officer.page.url.removeprefix(officer.city)
    await officer.press("Ambil dan periksa")
    birthplace = officer.page.locator(".card", has_text="Tempat lahir")
    await birthplace.get_by_text("Minta perbaikan").click()
    await birthplace.get_by_label("Yang harus diperbaiki").fill("Tulis Makassar dengan dua s.")
    await officer.picture("minta-perbaikan")
    await officer.press("Kirim permintaan perbaikan")
    await expect(officer.page.get_by_text("Permintaan perbaikan dicatat.")).to_be_visible()
    await expect(officer.page.get_by_text("Perlu diperbaiki").first).to_be_visible(timeout=IN_EFFECT)
    return file


async def mend(citizen: Walker) -> None:
    """The page that stands open says what the officer asks."""
    await expect(citizen.page.get_by_text("Tulis Makassar dengan dua s.").first).to_be_visible()
    await citizen.picture("perbaikan-diminta")
    await citizen.follow("Perbaiki sekarang")
    await citizen.see("Tentang anak")
    await citizen.fill(tempat_lahir="Makassar")
    await citizen.press("Simpan dan lanjut")
    await submit(citizen)  # nothing else is open, so the last look is next


async def complete(officer: Walker, file: str) -> None:
    await officer.go(file)
    await officer.press("Ambil dan periksa")
    for step in ("Pemeriksaan berkas", "Pencatatan kelahiran", "Tanda tangan elektronik dan penerbitan akta"):
        await officer.press(f"Selesai: {step}")
        if step.startswith("Tanda tangan"):
            await officer.press("Ya, selesaikan")
        await expect(officer.page.get_by_text(f'Langkah "{step}" dicatat.')).to_be_visible()
    await expect(officer.page.locator("#keputusan .badge").first).to_have_text("Terbit", timeout=IN_EFFECT)
    await officer.picture("terbit")


async def download(citizen: Walker) -> str:
    """The document is a PDF; the code that is printed in it."""
    await expect(citizen.page.get_by_text("Dokumen sudah terbit")).to_be_visible()
    await citizen.picture("terbit")
    link = await citizen.page.get_by_role("link", name="Unduh dokumen (PDF)").get_attribute("href")
    answer = await citizen.context.request.get(f"{citizen.city}{link}")
    assert answer.headers["content-type"] == "application/pdf"
    assert (await answer.body()).startswith(b"%PDF-")
    address = await citizen.page.get_by_role("link", name="Halaman keaslian dokumen").get_attribute("href")
    return str(address).removeprefix("/cek/")


async def revoke(officer: Walker, file: str) -> None:
    await officer.go(file)
    await officer.follow("Bekukan, pulihkan, atau cabut dokumennya")
    await officer.fill(reason="Terbit dua kali untuk anak yang sama.")
    await officer.press("Cabut dokumen")
    await officer.press("Ya, lanjutkan")
    await expect(officer.page.get_by_role("button", name="Cabut dokumen")).to_have_count(0)
