"""The seller's desk: by what to do next, the nearest deadline first, and a word that makes it ring."""

import re
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text

from common.actor import Actor
from common.db import unit_of_work
from marvec.orders import desk, queries
from marvec.orders.machine import OrderState
from marvec.orders.service import Delivery
from tests.marvec import make
from tests.marvec.acting import client_as, submit
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


async def order_of(seller: Actor, run_jobs: RunJobs, *moves: OrderState, delivery: Delivery = make.COURIER, paid: bool = True) -> str:
    """An order from a new buyer, moved by the seller; -> its reference."""
    item = await make.goods(seller)
    group_id = await make.placed(await make.member("Pembeli"), make.line(item), delivery=delivery)
    async with unit_of_work() as session:
        group, (order,) = await queries.group_for_update(session, group_id)
    if paid:
        await make.pay(group.intent_id)
        await run_jobs()
    for new in moves:
        await make.move(seller, order.id, new)
    return order.reference


async def groups(seller: Actor) -> dict[str, list[str]]:
    async with unit_of_work() as session:
        found = desk.grouped(await queries.under_way_of(session, seller.person_id))
    return {group.key: [order.reference for order in group.orders] for group in found}


async def test_orders_stand_under_what_the_seller_does_next(run_jobs: RunJobs) -> None:
    seller = await make.member("Penjual")
    await order_of(seller, run_jobs, paid=False)  # nobody's business yet
    sent = await order_of(seller, run_jobs, OrderState.ACCEPTED, OrderState.SHIPPED)
    pickup = await order_of(seller, run_jobs, OrderState.ACCEPTED, delivery=Delivery())
    courier = await order_of(seller, run_jobs, OrderState.ACCEPTED)
    first, second = [await order_of(seller, run_jobs) for _ in range(2)]
    assert await groups(seller) == {"jawab": [first, second], "buat": [pickup], "kirim": [courier], "tunggu": [sent]}


async def test_a_paid_order_rings_at_the_seller_and_only_there(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.ACCEPTED, run_jobs)
    async with unit_of_work() as session:
        rows = await session.execute(
            text("SELECT channel, data->>'kind' AS kind FROM live_publications WHERE data->>'type' = 'notification'")
        )
        kinds: list[Any] = sorted((row.channel.removeprefix("person:"), row.kind) for row in rows)
    assert [kind for person, kind in kinds if person == str(deal.seller.person_id)] == ["order.paid"]
    assert {kind for person, kind in kinds if person == str(deal.buyer.person_id)} == {"order.moved"}


async def test_the_desk_accepts_with_one_press_and_comes_back(app: Litestar, run_jobs: RunJobs) -> None:
    seller = await make.member("Penjual")
    reference = await order_of(seller, run_jobs)
    async with client_as(app, seller) as client:
        page = (await client.get("/toko-saya/pesanan")).text
        assert re.findall(r'data-ring-count="(\d+)"', page) == ["1"]
        assert "data-clock" in page and "Jawab sekarang" in page
        assert re.findall(r'data-ring-count="(\d+)"', (await client.get("/toko-saya")).text) == ["1"]
        sent = await submit(client, "/toko-saya/pesanan", f"/pesanan/{reference}/langkah", {"to": "accepted", "dari": "meja"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/toko-saya/pesanan")
        page = (await client.get("/toko-saya/pesanan")).text
        assert re.findall(r'data-ring-count="(\d+)"', page) == ["0"] and "Buat dan kirim" in page
        assert reference not in (await client.get("/toko-saya/pesanan?tab=selesai")).text
