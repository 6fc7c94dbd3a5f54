"""The operator's round (health, a dead job, a report, the money, the runbook) and the admin's (a role given and taken), in browsers."""

import asyncio
import re
from uuid import uuid4

import asyncpg
import pytest
from playwright.async_api import expect

from marvec.seed.accounts import PASSWORD
from tests.journeys.conftest import Arrive
from tests.journeys.walker import CHROMIUM, Walker
from tests.marvec.cli.make import RunningCity

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

SHOP = "kue-daeng-ngai"
REASON = "Gambarnya bukan kue yang dijual. Ganti dengan foto sendiri."
ERROR = "ConnectionError: the other house did not answer"
KILLED = """INSERT INTO outbox (id, job, args, run_at, created_at, attempts, dead_at, last_error)
SELECT $1, 'matching.find', jsonb_build_object('standing_id', id), now(), now(), 10, now(), $2
FROM standing_queries WHERE is_open LIMIT 1"""
LISTEN = "window.heard = []; document.addEventListener('live:person', ({ detail }) => heard.push(detail?.kind))"
DONE = "SELECT done_at IS NOT NULL FROM outbox WHERE id = $1"


async def test_the_operator_finds_what_is_dead_revives_it_and_reads_the_books(arrive: Arrive, running: RunningCity) -> None:
    operator = await arrive("Irfan Lologau", width=1200)
    await operator.sign_in("operator@marvec.example", PASSWORD)
    await operator.go("/operator")
    await expect(operator.page.locator("li", has_text="Basis data").locator(".badge")).to_have_text(re.compile("Sehat|Perlu dilihat"))
    database = await asyncpg.connect(running.database_url)
    job = uuid4()
    await database.execute(KILLED, job, ERROR)
    await revive(operator)
    while not await database.fetchval(DONE, job):
        await asyncio.sleep(0.1)
    await database.close()
    await read_the_books(operator)
    assert operator.wrong == []


async def test_a_reported_thing_is_hidden_and_given_back_and_everybody_concerned_hears_it(arrive: Arrive) -> None:
    buyer, seller, stranger = await arrive("Andi Rezky"), await arrive("Daeng Ngai"), await arrive("Seseorang")
    operator = await arrive("Irfan Lologau", width=1200)
    people = (buyer, "pembeli"), (seller, "penjual"), (operator, "operator")
    await asyncio.gather(*(one.sign_in(f"{key}@marvec.example", PASSWORD) for one, key in people))
    thing, title = await report(buyer)
    await seller.go(f"/toko-saya/{SHOP}{thing}")
    await seller.see(title)
    await seller.page.evaluate(LISTEN)

    await decide(operator, "Menunggu keputusan", title, REASON, "Sembunyikan barang")
    await seller.page.wait_for_function("window.heard.includes('moderation.decided')")  # while the seller looks at it
    await seller.page.reload()
    await expect(seller.page.get_by_text(f"Barang ini kami sembunyikan: {REASON}")).to_be_visible()
    await seller.picture("disembunyikan")
    for one, words in ((seller, f"“{title}” kami sembunyikan: {REASON}"), (buyer, f"Laporan Anda tentang “{title}” sudah diperiksa")):
        await one.go("/pemberitahuan")
        await expect(one.page.locator("main").get_by_text(words).first).to_be_visible()
    await stranger.page.goto(stranger.city + thing)
    await expect(stranger.page.get_by_role("heading", level=1)).not_to_contain_text(title)

    await decide(operator, "Sudah diputus", title, "Fotonya sudah diganti.", "Pulihkan")
    await seller.go(f"/toko-saya/{SHOP}{thing}")
    await expect(seller.page.get_by_text("Tampil", exact=True)).to_be_visible()
    await stranger.go(thing)
    await stranger.see(title)
    assert buyer.wrong + seller.wrong + stranger.wrong + operator.wrong == []


async def test_the_admin_gives_a_role_within_an_office_and_takes_it_away(arrive: Arrive) -> None:
    admin, helper = await arrive("Ratna Palili", width=1200), await arrive("Takdir Syahril")
    await asyncio.gather(admin.sign_in("admin@marvec.example", PASSWORD), helper.sign_in("toko5@marvec.example", PASSWORD))
    await refused(helper, "/meja", 403)

    await admin.go("/admin/peran")
    await admin.page.get_by_label("Cari orang").fill(helper.name)
    await admin.page.locator("main").get_by_role("button", name="Cari").click()
    await admin.page.locator("main .list a", has_text=helper.name).click()
    await admin.fill(role="Petugas kantor")
    await admin.page.locator("#f-scope").select_option("DISDUKCAPIL")
    await admin.press("Beri peran")
    row = admin.page.get_by_role("row", name=re.compile(helper.name))
    await expect(row).to_contain_text("Petugas kantor")
    await admin.picture("peran")

    await refused(helper, "/meja", 401)  # who has become another signs in again
    await helper.sign_in("toko5@marvec.example", PASSWORD)
    await helper.go("/meja")
    await helper.see("Meja kerja")
    await row.get_by_role("button", name="Cabut").click()
    await expect(row).to_have_count(0)
    await refused(helper, "/meja", 401)
    await helper.sign_in("toko5@marvec.example", PASSWORD)
    await refused(helper, "/meja", 403)
    assert admin.wrong + [one for one in helper.wrong if "403" not in one] == []


async def revive(operator: Walker) -> None:
    """From what is ill to what to do about it, and to the button."""
    await operator.follow("Ukur lagi")
    ill = operator.page.locator("li", has_text="Pekerjaan yang berhenti")
    await expect(ill).to_contain_text("Segera tangani")
    await operator.picture("kesehatan")
    await ill.get_by_role("link", name="Panduan").click()
    await operator.see("Panduan operator")
    await expect(operator.page.locator("#dead-jobs")).to_be_in_viewport()
    await operator.page.go_back()
    await ill.get_by_role("link", name="Pekerjaan yang berhenti", exact=True).click()
    row = operator.page.get_by_role("row", name=re.compile(re.escape(ERROR)))
    await expect(row).to_contain_text("matching.find")
    await row.get_by_role("button", name="Coba lagi").click()
    await expect(operator.page.get_by_text("Pekerjaan akan dicoba lagi.")).to_be_visible()
    await expect(row).to_have_count(0)


async def read_the_books(operator: Walker) -> None:
    await operator.go("/operator/buku-besar")
    await expect(operator.page.get_by_text("Jumlah semua akun buku besar nol")).to_be_visible()
    await operator.page.get_by_role("navigation", name="Uang").get_by_role("link", name="Akun buku besar").click()
    await operator.see("Akun buku besar")
    await operator.page.get_by_role("navigation", name="Uang").get_by_role("link", name="Pesan penyedia").click()
    await operator.see("Pesan penyedia")
    await operator.go("/operator/jejak")
    await expect(operator.page.get_by_role("cell", name="job.revived").first).to_be_visible()


async def report(buyer: Walker) -> tuple[str, str]:
    """The path and the name of what was reported."""
    await buyer.go(f"/toko/{SHOP}")
    thing = buyer.page.locator("main a[href^='/barang/']").first
    path, title = str(await thing.get_attribute("href")).partition("?")[0], await thing.get_by_role("heading").inner_text()
    await buyer.go(path)
    await buyer.follow("Laporkan barang ini")
    await buyer.see("Laporkan barang")
    await buyer.fill(reason="misleading", words="Fotonya dari internet.")
    await buyer.press("Kirim laporan")
    await expect(buyer.page.get_by_text("Laporan Anda kami periksa")).to_be_visible()
    return path, title


async def decide(operator: Walker, tab: str, title: str, because: str, button: str) -> None:
    await operator.go("/operator/moderasi")
    await operator.follow(tab)
    await operator.page.locator("main .list a", has_text=title).first.click()
    await operator.see(title)
    await operator.fill(because=because)
    await operator.picture("laporan")
    await operator.press(button)
    await expect(operator.page.get_by_text("Keputusan tercatat")).to_be_visible()


async def refused(person: Walker, path: str, status: int) -> None:
    answer = await person.page.goto(person.city + path)
    assert answer is not None
    assert answer.status == status
