"""A telephone with a passkey, in Chromium with an authenticator of its own: made, signed in with, proven with, asked for after the word."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from common import clock
from common.db import hot, unit_of_work
from common.settings import get_settings
from tests.common.identity import make
from tests.journeys.walker import Walker

ADDRESS = "sitti@contoh.id"
TELEPHONE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def city(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server by a name: browsers make no passkeys for a bare address."""
    named = server.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("MARVEC_BASE_URL", named)
    get_settings.cache_clear()
    yield named
    monkeypatch.undo()
    get_settings.cache_clear()


async def test_a_telephone_with_a_passkey(browser: Browser, city: str) -> None:
    async with unit_of_work() as session:
        await make.person(session, "Daeng Sitti", address=ADDRESS)
    sitti = await Walker.arrive(browser, city, "Daeng Sitti")
    line = await sitti.context.new_cdp_session(sitti.page)
    await line.send("WebAuthn.enable")
    await line.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    await sitti.sign_in(ADDRESS, make.PASSWORD)

    await sitti.go("/akun/keamanan")
    await expect(sitti.page.get_by_label("Nama perangkat")).not_to_have_value("")
    await sitti.page.get_by_label("Nama perangkat").fill("HP biru")
    await sitti.press("Tambah kunci sandi")
    await sitti.see("Kunci sandi aktif")
    await sitti.follow("Sudah saya simpan")
    await expect(sitti.page.locator("#kunci-sandi li")).to_contain_text("HP biru")
    await sitti.picture("keamanan")
    await looks_sound(sitti)
    await sitti.press("Tambah kunci sandi")
    await expect(sitti.page.get_by_role("alert")).to_have_text("Di perangkat ini kunci sandi untuk akun ini sudah ada.")

    await sitti.context.clear_cookies()
    await sitti.go("/masuk?lanjut=/akun/token")
    await looks_sound(sitti)
    await sitti.picture("masuk")
    await sitti.press("Masuk dengan kunci sandi")
    await sitti.see("Token")

    async with hot() as connection:
        await connection.execute("UPDATE person_session SET proven_at = $1", clock.now() - timedelta(minutes=11))
    await sitti.go("/akun/token")
    await sitti.see("Pastikan ini Anda")
    await looks_sound(sitti)
    await sitti.press("Pakai kunci sandi")
    await sitti.see("Token")

    await sitti.context.clear_cookies()
    await sitti.go("/masuk")
    await sitti.fill(address=ADDRESS, password=make.PASSWORD)
    await sitti.press("Masuk")
    await sitti.see("Satu langkah lagi")
    await looks_sound(sitti)
    await sitti.picture("langkah")
    await sitti.press("Pakai kunci sandi")
    await sitti.see("Daeng Sitti")

    await sitti.go("/akun/keamanan")
    await sitti.press("Hapus kunci sandi HP biru")
    await expect(sitti.page.locator("#kunci-sandi li")).to_have_count(0)
    async with hot() as connection:
        assert await connection.fetchval("SELECT sign_count FROM passkey WHERE removed_at IS NOT NULL") >= 3
    assert sitti.wrong == []


async def test_without_scripts_nothing_offers_what_it_cannot_do(browser: Browser, city: str) -> None:
    visitor = await Walker.arrive(browser, city, "Daeng Baji", scripts=False)
    await visitor.go("/masuk")
    await expect(visitor.page.get_by_role("button", name="Masuk", exact=True)).to_be_visible()
    await expect(visitor.page.get_by_text("Masuk dengan kunci sandi")).to_be_hidden()


async def looks_sound(walker: Walker) -> None:
    found = await Axe().run(walker.page)
    assert found.violations_count == 0, found.generate_report()
