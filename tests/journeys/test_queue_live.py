"""Two people at one queue: the nurse calls by single keys, and the mother's telephone and the hall's board follow by themselves."""

import time
from collections.abc import Iterator
from datetime import datetime
from datetime import time as hour

import pytest
from playwright.async_api import expect

from common import clock
from marvec.seed.accounts import PASSWORD
from marvec.seed.queues import HOME
from tests.journeys.conftest import Arrive
from tests.journeys.walker import CHROMIUM, Walker
from tests.marvec.cli.make import RunningCity, running_city

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

LONG = 90  # seconds that the journey may take on a busy machine


@pytest.fixture(scope="module")
def running(running: RunningCity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """Numbers are of one day: where that of the city's founding is over, or about to be, the journey has a city of the next day."""
    founded = datetime.fromtimestamp((running.data / "postgres/cluster/PG_VERSION").stat().st_mtime, clock.WITA).date()
    left = (datetime.combine(clock.today(), hour.max, clock.WITA) - clock.now()).total_seconds()
    if founded == clock.today() and left > LONG:
        yield running
        return
    time.sleep(left if left <= LONG else 0)
    folder = tmp_path_factory.mktemp("next-day") / "var"
    with running_city(folder, demo=True, MARVEC_DEMO_HISTORY="0", MARVEC_PASSWORD_COST="low") as city:
        yield city


@pytest.fixture(scope="module")
def city(running: RunningCity) -> str:
    return f"http://127.0.0.1:{running.port}"


@pytest.mark.timeout(500)
async def test_the_mothers_number_is_called_missed_returned_and_served_before_her_eyes(arrive: Arrive) -> None:
    mother, stranger = await arrive("Sitti Hasnah"), await arrive("Seseorang", width=1200)
    nurse = await arrive("Hasriani Bollo", width=1200)
    await mother.sign_in("ibu@marvec.example", PASSWORD)
    await nurse.sign_in("perawat@marvec.example", PASSWORD)
    number = await open_own_number(mother)
    await stand_before_board(stranger)
    await nurse.go(f"/meja/antrean/{HOME}")
    await mother.stand_still()
    await stranger.stand_still()

    await mother.page.locator("summary", has_text="Tidak jadi datang").focus()
    await mother.page.keyboard.press("Enter")
    await call_until(nurse, mother, number)
    await expect(mother.page.locator("summary", has_text="Tidak jadi datang")).to_be_focused()  # as often as the page was renewed
    await expect(mother.page.get_by_role("button", name="Batalkan nomor ini")).to_be_visible()
    await expect(mother.page.locator("#nomor")).to_contain_text("Silakan ke meja 1 sekarang.")
    await expect(mother.page.locator("[data-live-count]")).to_be_visible()  # the bell has rung too
    await mother.picture("dipanggil")
    await board_shows(stranger, f"Meja 1{number}Silakan datang")

    await key(nurse, "x")
    await expect(mother.page.locator("#nomor")).to_contain_text("tidak ada yang datang ke meja")
    await board_shows(stranger, f"Terlewat {number}")
    await come_back(mother)
    await expect(nurse.page.get_by_role("button", name=f"Panggil berikutnya: {number}")).to_be_visible()  # nobody reloaded the desk

    await key(nurse, "n")
    await expect(mother.page.locator("#nomor")).to_contain_text("Silakan ke meja 1 sekarang.")
    await key(nurse, "h")
    await expect(mother.page.locator("#nomor .badge")).to_have_text("Sedang dilayani")
    await board_shows(stranger, f"Meja 1{number}Sedang dilayani")
    await key(nurse, "s")
    await expect(mother.page.locator("#nomor")).to_contain_text("Selesai. Terima kasih sudah menunggu.")
    await board_shows(stranger, "Belum ada nomor yang dipanggil.")
    assert await stranger.stood_still()
    assert mother.wrong + nurse.wrong + stranger.wrong == []


async def open_own_number(mother: Walker) -> int:
    await mother.go("/antrean/saya")
    await mother.page.locator("main .list a", has_text="Poli Umum").first.click()
    await mother.see("Poli Umum")
    await expect(mother.page.locator("#nomor .badge")).to_have_text("Menunggu giliran")
    return int(await mother.page.locator("#nomor .ticket .queue-number").inner_text())


async def stand_before_board(stranger: Walker) -> None:
    """The screen of the hall, where nobody is signed in; it asks every eight seconds, of a clock that the test moves."""
    await stranger.page.clock.install()
    await stranger.go(f"/antrean/papan/{HOME}")
    await stranger.see("Poli Umum")


async def board_shows(stranger: Walker, words: str) -> None:
    """Nine seconds later, as the hall counts them."""
    await stranger.page.clock.run_for(9_000)
    await expect(stranger.page.locator("#papan")).to_contain_text(words)


async def call_until(nurse: Walker, mother: Walker, number: int) -> None:
    """One after the other by two keys, until the mother's number stands on the desk; her page counts down meanwhile."""
    held = nurse.page.locator("#antrean .ticket .queue-number")
    at = int(await held.inner_text())
    assert at < number
    while at < number:
        await key(nurse, "h")
        await key(nurse, "n")
        at += 1
        await expect(held).to_have_text(str(at))
        left = number - at
        await expect(mother.page.locator("#nomor .ticket")).to_contain_text(
            "Silakan ke meja" if not left else "Giliran berikutnya" if left == 1 else f"{left - 1} orang sebelum Anda"
        )


async def key(nurse: Walker, name: str) -> None:
    """One key, and the desk has come again."""
    async with nurse.page.expect_navigation():
        await nurse.page.keyboard.press(name)
    await expect(nurse.page.locator("[data-keys]")).to_be_visible()


async def come_back(mother: Walker) -> None:
    assert await mother.stood_still()
    await mother.press("Saya sudah di sini, masukkan lagi")
    await expect(mother.page.locator("#nomor")).to_contain_text("Giliran berikutnya")
    await mother.picture("kembali-ke-antrean")
