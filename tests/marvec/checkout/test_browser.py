"""The checkout in a real browser without JavaScript: it asks for a place only where something is brought to."""

import pytest
from playwright.async_api import Browser, expect

from common.account import service as addresses
from common.account.schemas import Address
from common.actor import Actor
from common.db import unit_of_work
from common.identity.cookies import SESSION_COOKIE
from common.identity.service import Client, open_session
from marvec.carts import service as carts
from marvec.carts.schemas import PutLine
from tests.marvec import make

pytestmark = pytest.mark.browser


async def with_a_full_cart(buyer: Actor) -> str:
    """One thing in the cart and one address saved; -> the session's token."""
    item = await make.goods()
    async with unit_of_work() as session:
        given = Address(label="Rumah", recipient="Ibu Sitti", street="Lorong 3 nomor 5", kelurahan_code=make.KELURAHAN)
        await addresses.keep_address(session, buyer, given)
        await carts.put(session, carts.Holder(buyer.person_id), PutLine(listing_id=item.id, quantity=1))
        return await open_session(session, buyer.person_id, Client())


async def test_the_form_asks_where_to_only_for_a_courier(server: str, browser: Browser) -> None:
    token = await with_a_full_cart(await make.member("Pembeli"))
    async with await browser.new_context(viewport={"width": 360, "height": 700}, java_script_enabled=False) as context:
        await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server}])
        page = await context.new_page()
        await page.goto(f"{server}/checkout")
        saved, free = page.get_by_label("Ibu Sitti, Lorong 3 nomor 5"), page.get_by_label("Alamat pengantaran")
        await expect(saved).to_be_hidden()
        await expect(free).to_be_hidden()
        await page.get_by_label("Diantar kurir").check()
        await expect(saved).to_be_visible()
        await expect(free).to_be_hidden()  # the saved address is chosen
        await page.get_by_label("Alamat lain, saya tulis di bawah").check()
        await expect(free).to_be_visible()
        await page.get_by_label("Saya ambil sendiri").check()
        await expect(free).to_be_hidden()
