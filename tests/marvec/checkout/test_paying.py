"""From the cart to the paid order by the path that Stripe takes: our pages, the provider's Checkout page, the way back."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from common.actor import Actor
from common.db import unit_of_work
from marvec.listings.models import Listing
from tests.common.payments.conftest import Sandbox, paying_at, sandbox_address
from tests.common.payments.test_provider import tell_all
from tests.conftest import RunJobs
from tests.marvec import make
from tests.marvec.acting import client_as, submit

__all__ = ["sandbox_address"]
CARD = {"deed": "card", "number": "4242424242424242"}


@pytest.fixture
async def city(sandbox_address: str, database: None) -> AsyncIterator[Sandbox]:
    """A sandbox whose facts the whole city hears."""
    async with paying_at(sandbox_address, heard=True) as one:
        await one.do("reset")
        yield one


async def bought(client: httpx.AsyncClient, buyer: Actor, item: Listing) -> str:
    """Put it into the cart and check out; the payment's page."""
    await submit(client, f"/barang/{item.id}", "/keranjang", {"listing_id": str(item.id), "quantity": "2"})
    form = {"kind": "pickup", "lines.0.listing_id": str(item.id), "lines.0.quantity": "2", "lines.0.unit_price": str(item.price)}
    placed = await submit(client, "/checkout", "/checkout", form | {"client_key": f"satu-{buyer.person_id}"})
    assert placed.status_code == 303, placed.text
    return placed.headers["location"]


async def at_the_provider(client: httpx.AsyncClient, city: Sandbox, page: str) -> str:
    """Press "pay": the address of the Checkout page, which shows what is bought and for how much."""
    on = await submit(client, page, page)
    assert on.status_code == 303
    shown = await city.http.get(on.headers["location"])
    assert (shown.status_code, "Rp30.000" in shown.text) == (200, True)
    return str(on.headers["location"])


async def state_of(page: str) -> str:
    async with unit_of_work() as session:
        found = await session.scalar(text("SELECT state FROM payment_intents WHERE id = :id"), {"id": UUID(page.rpartition("/")[2])})
        return str(found)


async def orders_are() -> list[str]:
    async with unit_of_work() as session:
        return list(await session.scalars(text("SELECT state FROM orders")))


async def test_a_card_pays_and_the_way_back_knows_it_before_any_message(city: Sandbox, app: Litestar, run_jobs: RunJobs) -> None:
    buyer, item = await make.member("Pembeli"), await make.goods(await make.member("Penjual"))
    async with client_as(app, buyer) as client:
        page = await bought(client, buyer, item)
        checkout = await at_the_provider(client, city, page)
        assert await at_the_provider(client, city, page) == checkout  # pressed twice, one session
        back = (await city.http.post(checkout, data=CARD)).headers["location"]
        assert urlsplit(back).path == f"{page}/kembali"
        assert "Sudah dibayar" in (await client.get(back)).text
    await run_jobs()
    await tell_all(await city.events())  # the messages come later, and change nothing
    await run_jobs()
    assert (await state_of(page), await orders_are()) == ("succeeded", ["paid"])
    assert len((await city.call("GET", "checkout/sessions"))["data"]) == 1


async def test_turning_back_leaves_the_payment_open_for_another_card(city: Sandbox, app: Litestar, run_jobs: RunJobs) -> None:
    buyer, item = await make.member("Pembeli"), await make.goods(await make.member("Penjual"))
    async with client_as(app, buyer) as client:
        page = await bought(client, buyer, item)
        checkout = await at_the_provider(client, city, page)
        back = (await city.http.post(checkout, data={"deed": "decline"})).headers["location"]
        assert "Menunggu pembayaran" in (await client.get(back)).text
        again = await at_the_provider(client, city, page)
        assert (again, await state_of(page)) == (checkout, "started")
        declined = await city.http.post(checkout, data=CARD | {"number": "4000000000000002"})
        assert declined.status_code == 402
        await city.http.post(checkout, data=CARD)
    await tell_all(await city.events())
    await run_jobs()
    assert await orders_are() == ["paid"]


@pytest.mark.parametrize(("answer", "state", "order"), [(0, "succeeded", "paid"), (1, "closed", "expired")])
async def test_a_bank_that_answers_late_is_waited_for(
    city: Sandbox, app: Litestar, run_jobs: RunJobs, answer: int, state: str, order: str
) -> None:
    await city.do("misbehave", delayed=1, delayed_seconds=1.5, delayed_failure=answer)
    buyer, item = await make.member("Pembeli"), await make.goods(await make.member("Penjual"))
    async with client_as(app, buyer) as client:
        page = await bought(client, buyer, item)
        checkout = await at_the_provider(client, city, page)
        await city.http.post(checkout, data={"deed": "code"})
        back = (await city.http.post(checkout, data={"deed": "scanned"})).headers["location"]
        assert "Sedang diproses bank" in (await client.get(back)).text
    assert await orders_are() == ["placed"]
    await until_told(city, f"checkout.session.async_payment_{'failed' if answer else 'succeeded'}")
    await tell_all(await city.events())
    await run_jobs()
    assert (await state_of(page), await orders_are()) == (state, [order])


async def test_a_session_that_has_run_out_ends_the_order_and_frees_the_goods(city: Sandbox, app: Litestar, run_jobs: RunJobs) -> None:
    buyer, item = await make.member("Pembeli"), await make.goods(await make.member("Penjual"))
    async with client_as(app, buyer) as client:
        page = await bought(client, buyer, item)
        checkout = await at_the_provider(client, city, page)
        await city.do("expire", checkout.rpartition("/")[2])
        await tell_all(await city.events())
        await run_jobs()
        assert "ditutup" in (await city.http.get(checkout)).text
        assert "Ditutup" in (await client.get(page)).text
    async with unit_of_work() as session:
        assert await session.scalar(text("SELECT reserved FROM listing_stock")) == 0
    assert await orders_are() == ["expired"]


async def until_told(city: Sandbox, kind: str) -> None:
    for _ in range(400):
        if any(event["type"] == kind for event in await city.events()):
            return
    raise AssertionError(f"{kind} was never told")
