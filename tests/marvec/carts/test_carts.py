"""A cart promises nothing, says what has become stale, and follows its browser through sign-in."""

import re
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from common.actor import Actor
from common.db import hot, unit_of_work
from marvec.carts import service
from marvec.carts.errors import GoneFromSale
from marvec.carts.schemas import CartOut, PutLine
from marvec.carts.service import Holder
from marvec.listings import service as listings
from tests.conftest import new_client
from tests.marvec import make
from tests.marvec.acting import client_as, submit

pytestmark = pytest.mark.usefixtures("database")


async def put(holder: Holder, listing_id: UUID, quantity: int = 1) -> None:
    async with unit_of_work() as session:
        await service.put(session, holder, PutLine(listing_id=listing_id, quantity=quantity))


async def shown(holder: Holder) -> CartOut:
    async with unit_of_work() as session:
        return await service.show(session, holder)


async def test_a_cart_is_grouped_by_shop_and_counts_what_can_be_bought() -> None:
    holder = Holder(make.person().person_id)
    one, two = await make.goods(price=15_000), await make.goods(price=7_000)
    await put(holder, one.id, 2)
    await put(holder, two.id)
    await put(holder, one.id)
    cart = await shown(holder)
    assert [(shop.total, [line.quantity for line in shop.lines]) for shop in cart.shops] == [(45_000, [3]), (7_000, [1])]
    assert (cart.total, cart.count) == (52_000, 2)
    async with hot() as connection:
        assert await connection.fetchval("SELECT sum(reserved) FROM listing_stock") == 0


async def test_stale_lines_are_shown_as_what_they_are() -> None:
    holder = Holder(make.person().person_id)
    dearer, short, hidden = await make.goods(price=15_000), await make.goods(stock=2), await make.goods()
    for item in (dearer, short, hidden):
        await put(holder, item.id, 2)
    async with hot() as connection:
        await connection.execute("UPDATE listings SET price = 16000 WHERE id = $1", dearer.id)
    async with unit_of_work() as session:
        await listings.restock(session, make.seller_of(short), short.id, free=1)
        await listings.pause_listing(session, make.seller_of(hidden), hidden.id)
    lines = {line.listing_id: line for line in (await shown(holder)).lines}
    assert (lines[dearer.id].price_changed, lines[dearer.id].price, lines[dearer.id].seen_price) == (True, 16_000, 15_000)
    assert (lines[short.id].is_short, lines[short.id].free) == (True, 1)
    assert lines[hidden.id].for_sale is False
    assert [line.listing_id for line in (await shown(holder)).buyable] == [dearer.id]


async def test_what_is_not_for_sale_does_not_come_in() -> None:
    item = await make.goods()
    async with unit_of_work() as session:
        await listings.pause_listing(session, make.seller_of(item), item.id)
    with pytest.raises(GoneFromSale):
        await put(Holder(make.person().person_id), item.id)


async def test_a_browsers_cart_joins_the_persons_at_sign_in() -> None:
    person_id, item, other = make.person().person_id, await make.goods(), await make.goods()
    await put(Holder(person_id), item.id, 1)
    await put(Holder(None, "kuki-peramban"), item.id, 2)
    await put(Holder(None, "kuki-peramban"), other.id, 5)
    for _ in range(2):
        async with unit_of_work() as session:
            await service.merge(session, person_id, "kuki-peramban")
    cart = await shown(Holder(person_id))
    assert sorted(line.quantity for line in cart.lines) == [3, 5]
    assert (await shown(Holder(None, "kuki-peramban"))).count == 0


async def test_from_a_strangers_cart_to_a_payment_in_a_browser(app: Litestar) -> None:
    buyer: Actor = await make.member("Pembeli")
    item = await make.goods(await make.member("Penjual"), stock=5)
    async with new_client(app) as stranger:
        answer = await submit(stranger, f"/barang/{item.id}", "/keranjang", {"listing_id": str(item.id), "quantity": "2"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/keranjang")
        assert "Rp30.000" in (await stranger.get("/keranjang")).text
        cookies = httpx.Cookies(stranger.cookies)
    async with client_as(app, buyer) as client:
        client.cookies = cookies
        form = (await client.get("/checkout")).text
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        first = await client.post("/checkout", data={**fields, "kind": "pickup"})
        again = await client.post("/checkout", data={**fields, "kind": "pickup"})
        assert (first.status_code, again.status_code) == (303, 303), first.text + again.text
        assert first.headers["location"] == again.headers["location"]
        assert first.headers["location"].startswith("/bayar/")
        assert "Keranjang masih kosong" in (await client.get("/keranjang")).text
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM orders") == 1
        assert await connection.fetchval("SELECT reserved FROM listing_stock WHERE listing_id = $1", item.id) == 2


async def test_a_courier_without_an_address_is_asked_for_it_on_the_form(app: Litestar) -> None:
    buyer = await make.member("Pembeli")
    item = await make.goods()
    await put(Holder(buyer.person_id), item.id)
    async with client_as(app, buyer) as client:
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', (await client.get("/checkout")).text))
        answer = await client.post("/checkout", data={**fields, "kind": "courier"})
    assert answer.status_code == 422
    assert "Tulis alamat pengantaran." in answer.text
    assert fields["client_key"] in answer.text
