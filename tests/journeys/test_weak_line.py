"""The line that goes away: pages last seen, an honest page for the others, drafts and messages that are sent once when it returns."""

import gc
import io
import json
import os
from uuid import UUID

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, FilePayload, Page, Route, WebSocketRoute, expect
from structlog.testing import capture_logs

from common.actor import Actor
from common.db import unit_of_work
from common.identity.cookies import SESSION_COOKIE
from common.identity.service import Client, open_session
from marvec.listings import queries as listings
from marvec.storefronts.models import Storefront
from tests.common.identity import make as identity
from tests.journeys.line import line_to
from tests.journeys.walker import CHROMIUM, HEIGHT, WIDTH
from tests.marvec.chat.make import conversation, stored
from tests.marvec.storefronts import make as shops

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


async def arrive(browser: Browser, server: str, name: str = "") -> tuple[BrowserContext, Page, Actor | None]:
    """A telephone with our worker already on it; signed in when it has a name."""
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    actor = None
    if name:
        async with unit_of_work() as session:
            made = await identity.person(session, name)
            token = await open_session(session, made.id, Client())
        await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server}])
        actor = Actor(made.id, name, assurance=1)
    page = await context.new_page()
    await page.goto(server)
    await page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    return context, page, actor


async def kept_pages(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(
        """async () => { const name = (await caches.keys()).find((one) => one.startsWith("marvec-pages-"));
        return name ? (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname) : [] }"""
    )
    return found


async def test_what_was_seen_is_there_without_a_line_and_the_rest_is_honest(server: str, browser: Browser) -> None:
    context, page, _nobody = await arrive(browser, server)
    await page.goto(f"{server}/layanan")
    await page.goto(f"{server}/cek")
    await context.set_offline(True)

    await page.goto(f"{server}/layanan")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Layanan kota")
    await expect(page.get_by_text("Ini halaman yang terakhir Anda lihat")).to_be_visible()
    await page.goto(f"{server}/pasar")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tidak ada jaringan")
    await expect(page.locator("[data-kept-pages] a")).to_have_count(1)
    await page.goto(f"{server}/cek")  # a proof is never shown as it was
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tidak ada jaringan")

    await context.set_offline(False)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Periksa keaslian dokumen")  # comes by itself
    await page.goto(f"{server}/layanan")
    await expect(page.get_by_text("Ini halaman yang terakhir Anda lihat")).to_be_hidden()


async def test_the_offline_page_speaks_the_persons_language(server: str, browser: Browser) -> None:
    context, page, _nobody = await arrive(browser, server)
    await page.goto(f"{server}/layanan?bahasa=en")
    await context.set_offline(True)
    await page.goto(f"{server}/pasar")
    await expect(page.get_by_role("heading", level=1)).to_have_text("No network")


async def test_who_signs_out_leaves_nothing_on_the_telephone(server: str, browser: Browser) -> None:
    context, page, _actor = await arrive(browser, server, "Daeng Kulle")
    await page.goto(f"{server}/pesanan")
    await page.goto(f"{server}/akun")
    await page.evaluate("localStorage.setItem('marvec:somebody:draft:x', '{}')")
    assert "/pesanan" in await kept_pages(page)
    assert "/akun" not in await kept_pages(page)

    await page.goto(f"{server}/keluar")
    assert await kept_pages(page) == []
    await page.goto(f"{server}/pesanan")
    await page.goto(f"{server}/keluar")
    await page.get_by_role("button", name="Keluar").click()
    await expect(page.get_by_text("Anda sudah keluar.")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    assert "/pesanan" not in await kept_pages(page)
    assert await page.evaluate("Object.keys(localStorage)") == []
    await context.set_offline(True)
    await page.goto(f"{server}/pesanan")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tidak ada jaringan")


async def seller_with_shop(browser: Browser, server: str) -> tuple[BrowserContext, Page, Storefront]:
    context, page, actor = await arrive(browser, server, "Daeng Bollo")
    assert actor is not None
    async with unit_of_work() as session:
        shop = await shops.shop(session, actor)
    await page.goto(f"{server}/toko-saya/{shop.slug}/barang/baru")
    await page.get_by_label("Nama barang").fill("Songkolo begadang")
    await page.get_by_label("Kategori").select_option(label="Makanan")
    await page.get_by_label("Harga per satuan").fill("15000")
    await page.get_by_label("Satuan", exact=True).fill("porsi")
    return context, page, shop


async def swallow(route: Route) -> None:
    """The request arrives; its answer does not."""
    await route.fetch(max_redirects=0)
    await route.abort()


async def titles(shop: Storefront) -> list[str]:
    async with unit_of_work() as session:
        return [row.title for row in await listings.of_storefront(session, shop.id, only_visible=False)]


async def test_a_listing_is_kept_while_the_line_is_away_and_arrives_once(server: str, browser: Browser) -> None:
    context, page, shop = await seller_with_shop(browser, server)
    await context.set_offline(True)
    await page.get_by_role("button", name="Simpan, tampilkan nanti").click()
    await expect(page.get_by_text("Isian Anda tersimpan di HP dan akan terkirim sendiri.")).to_be_visible()
    await context.set_offline(False)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Songkolo begadang")
    assert await titles(shop) == ["Songkolo begadang"]
    assert await page.evaluate("Object.keys(localStorage).filter((one) => one.includes('draft'))") == []


async def test_a_listing_whose_answer_was_lost_is_offered_again_and_is_one(server: str, browser: Browser) -> None:
    context, page, shop = await seller_with_shop(browser, server)
    await context.route("**/barang/baru", swallow, times=1)
    await page.get_by_role("button", name="Simpan, tampilkan nanti").click()
    await expect(page.get_by_text("Isian Anda tersimpan di HP")).to_be_visible()
    assert await titles(shop) == ["Songkolo begadang"]

    await page.goto(f"{server}/toko-saya/{shop.slug}/barang/baru")
    await expect(page.get_by_text("Isian Anda yang belum terkirim kami kembalikan.")).to_be_visible()
    await expect(page.get_by_label("Nama barang")).to_have_value("Songkolo begadang")
    await page.get_by_role("button", name="Simpan, tampilkan nanti").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Songkolo begadang")
    assert await titles(shop) == ["Songkolo begadang"]


def heavy_photograph() -> FilePayload:
    """Nothing in it repeats: 400 kB that no packing makes lighter."""
    out = io.BytesIO()
    Image.frombytes("RGB", (400, 330), os.urandom(400 * 330 * 3)).save(out, "PNG")
    return {"name": "foto.png", "mimeType": "image/png", "buffer": out.getvalue()}


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # of the half photograph: the framework leaves it to the collector
async def test_a_line_that_drops_in_the_middle_of_a_photograph_loses_and_doubles_nothing(server: str, browser: Browser) -> None:
    async with line_to(server) as line:
        _context, page, shop = await seller_with_shop(browser, line.address)
        await page.get_by_label("Atau pilih dari galeri").set_input_files(heavy_photograph())
        line.slow_down()
        line.cut_after(100_000)
        with capture_logs() as said:
            await page.get_by_role("button", name="Simpan dan tampilkan").click()
            await expect(page.get_by_text("Isian Anda tersimpan di HP dan akan terkirim sendiri.")).to_be_visible()
        assert line.is_cut
        assert [one["event"] for one in said if one["log_level"] == "error"] == []  # an everyday thing is no bug
        assert await titles(shop) == []

        line.mend()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Songkolo begadang")
        await expect(page.get_by_role("img", name="Gambar 1: Songkolo begadang")).to_be_visible()
        await expect(page.get_by_text("Tampil", exact=True)).to_be_visible()  # by the button that was pressed
        assert await titles(shop) == ["Songkolo begadang"]
        assert await page.locator("#isi .grid img").count() == 1
        await page.close()
    gc.collect()


async def two_who_talk(browser: Browser, server: str) -> tuple[UUID, Page, Page]:
    """Their conversation, and the telephones of both."""
    _context, page, actor = await arrive(browser, server, "Daeng")
    _other, friends_page, friend = await arrive(browser, server, "Puang")
    assert actor is not None
    assert friend is not None
    return await conversation(actor, friend), page, friends_page


async def test_a_message_written_without_a_line_survives_the_closed_page_and_is_sent_once(server: str, browser: Browser) -> None:
    talk, page, _friend = await two_who_talk(browser, server)
    context = page.context
    await page.goto(f"{server}/pesan/{talk}")
    await page.wait_for_load_state("networkidle")
    await context.set_offline(True)
    await page.get_by_label("Tulis pesan").fill("Masih ada songkolo?")
    await page.get_by_role("button", name="Kirim").click()
    await expect(page.locator(".bubble.pending")).to_have_count(1)
    await page.get_by_label("Tulis pesan").fill("Kalau tidak")
    await page.goto(f"{server}/pesan/{talk}")  # from what was kept
    await expect(page.locator(".bubble.pending")).to_contain_text("Masih ada songkolo?")

    await context.set_offline(False)
    await page.goto(f"{server}/pesan/{talk}")
    await expect(page.locator(".bubble.pending")).to_have_count(0)
    await expect(page.locator(".bubble")).to_have_count(1)
    await expect(page.get_by_label("Tulis pesan")).to_have_value("Kalau tidak")
    assert [row[2] for row in await stored(talk)] == ["Masih ada songkolo?"]


async def cut_once(page: Page) -> list[str]:
    """The line goes when the first message is at the server, and before its answer is here. Returns what was sent, as it is sent."""
    sent: list[str] = []

    async def pass_on(socket: WebSocketRoute) -> None:
        house = socket.connect_to_server()
        is_cut = False

        def out(words: str | bytes) -> None:
            nonlocal is_cut
            house.send(words)
            if "chat.send" in str(words):
                is_cut = not sent
                sent.append(str(words))

        async def back(words: str | bytes) -> None:
            if not is_cut:
                socket.send(words)
            else:
                await socket.close(code=3001)
                await house.close()

        socket.on_message(out)
        house.on_message(back)

    await page.route_web_socket("**/connection/websocket", pass_on)
    return sent


async def test_a_message_whose_answer_was_lost_is_sent_again_and_is_one(server: str, browser: Browser) -> None:
    talk, page, friend = await two_who_talk(browser, server)
    sent = await cut_once(page)
    await page.goto(f"{server}/pesan/{talk}")
    await friend.goto(f"{server}/pesan/{talk}")
    await page.get_by_label("Tulis pesan").fill("Masih ada songkolo?")
    await page.get_by_role("button", name="Kirim").click()
    await expect(page.locator(".bubble.own")).to_have_attribute("data-seq", "1")
    await expect(page.locator(".bubble.pending")).to_have_count(0)
    await expect(friend.locator(".bubble")).to_have_count(1)
    await page.get_by_label("Tulis pesan").fill("Tiga bungkus.")  # the line is whole again
    await page.get_by_role("button", name="Kirim").click()
    await expect(friend.locator(".bubble")).to_have_count(2)
    await expect(page.locator(".bubble")).to_have_count(2)
    assert [row[2] for row in await stored(talk)] == ["Masih ada songkolo?", "Tiga bungkus."]
    first = [json.loads(words)["rpc"]["data"]["client_id"] for words in sent if "songkolo" in words]
    assert (len(first), len(set(first))) == (2, 1)  # the same message under the same id
