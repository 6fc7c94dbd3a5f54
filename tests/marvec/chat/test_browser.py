"""Two people in two real browsers talk without reloading."""

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from common.actor import Actor
from common.db import unit_of_work
from common.identity.cookies import SESSION_COOKIE
from common.identity.service import Client, open_session
from tests.common.identity import make as identity
from tests.marvec.chat.make import conversation, say, stored

pytestmark = pytest.mark.browser


async def signed_in(context: BrowserContext, server: str, name: str) -> Actor:
    async with unit_of_work() as session:
        made = await identity.person(session, name)
        token = await open_session(session, made.id, Client())
    await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server}])
    return Actor(made.id, name)


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Tulis pesan").fill(text)
    await page.get_by_role("button", name="Kirim").click()


async def test_two_people_talk_live_and_a_lost_line_loses_nothing(server: str, browser: Browser) -> None:
    contexts = [await browser.new_context(viewport={"width": 360, "height": 700}) for _ in range(2)]
    daeng, puang = [await signed_in(one, server, name) for one, name in zip(contexts, ("Daeng", "Puang"), strict=True)]
    talk = await conversation(daeng, puang)
    one, two = [await context.new_page() for context in contexts]
    for page in (one, two):
        await page.goto(f"{server}/pesan/{talk}")
        await page.wait_for_load_state("networkidle")

    await write(one, "Masih ada songkolo?")
    await expect(two.locator(".bubble")).to_contain_text(["Masih ada songkolo?"])
    await expect(one.locator("[data-chat-state]")).to_have_text("Sudah dibaca")
    await write(two, "Kirim kode OTP ta’ dulu")
    await expect(one.locator(".bubble .notice")).to_contain_text("Jangan berikan kode atau sandi")
    await expect(one.locator(".bubble")).to_have_count(2)

    await contexts[0].set_offline(True)
    await say(puang, talk, "tiga")
    await contexts[0].set_offline(False)
    await write(one, "empat")
    await expect(two.locator(".bubble")).to_have_count(4)
    await expect(one.locator(".bubble")).to_have_count(4)
    width = await one.evaluate("document.documentElement.scrollWidth")

    assert [row[2] for row in await stored(talk)] == ["Masih ada songkolo?", "Kirim kode OTP ta’ dulu", "tiga", "empat"]
    assert width <= 360
