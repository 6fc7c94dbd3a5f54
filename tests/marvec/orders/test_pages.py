"""Orders in a browser and over the API: the buttons are the table's, and strangers see nothing."""

import re
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar

from marvec.orders.machine import OrderState
from tests.marvec import make
from tests.marvec.acting import client_as, submit
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


def buttons(html: str) -> list[str]:
    return re.findall(r'name="to" value="(\w+)"', html)


async def test_each_side_sees_its_own_buttons_and_the_order_goes_its_way(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal()
    reference = (await make.order(deal.order_id)).reference
    page = f"/pesanan/{reference}"
    async with client_as(app, deal.buyer) as buyer, client_as(app, deal.seller) as seller:
        assert f"/bayar/{deal.intent_id}" in (await buyer.get(page)).text
        assert buttons((await buyer.get(page)).text) == ["cancelled"]
        await make.pay(deal.intent_id)
        await run_jobs()
        assert reference in (await seller.get("/toko-saya/pesanan")).text
        assert buttons((await seller.get(page)).text) == ["accepted", "declined"]
        for to in ("accepted", "shipped"):
            moved = await submit(seller, page, f"{page}/langkah", {"to": to})
            assert (moved.status_code, moved.headers["location"]) == (303, page)
        assert buttons((await buyer.get(page)).text) == ["completed"]
        assert f'href="{page}/masalah"' in (await buyer.get(page)).text
        await submit(buyer, page, f"{page}/langkah", {"to": "completed"})
        assert "Selesai" in (await buyer.get("/pesanan")).text
    assert (await make.order(deal.order_id)).state is OrderState.COMPLETED


async def test_a_refused_step_shows_the_page_again_with_the_reason(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.PAID, run_jobs)
    page = f"/pesanan/{(await make.order(deal.order_id)).reference}"
    async with client_as(app, deal.buyer) as buyer:
        answer = await submit(buyer, page, f"{page}/langkah", {"to": "shipped"})
    assert answer.status_code == 409
    assert "tidak bisa dilakukan" in answer.text


async def test_an_operator_reads_decides_and_confirms(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    reference = (await make.order(deal.order_id)).reference
    case = f"/operator/sengketa/{reference}"
    async with client_as(app, deal.operator) as operator:
        assert reference in (await operator.get("/operator/sengketa")).text
        shown = (await operator.get(case)).text
        assert "Dua bungkus rusak." in shown and "Waktu dikirim masih bagus." in shown
        data = {"outcome": "part", "refund": "10000", "reason": "Kurang satu.", "seen": "review.2.0.0"}
        assert 'name="seen" value="review.2.0.0"' in shown
        asked = await submit(operator, case, f"{case}/periksa", data)
        assert (asked.status_code, (await make.order(deal.order_id)).state) == (200, OrderState.DISPUTED)
        assert "Rp10.000" in asked.text and "Rp20.000" in asked.text
        answer = await submit(operator, case, f"{case}/putusan", data)
        assert answer.status_code == 303, answer.text
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded, order.moved_because) == (OrderState.COMPLETED, 10_000, "Kurang satu.")


async def test_an_operator_who_presses_a_step_of_a_dispute_is_led_to_the_case(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    page = f"/pesanan/{(await make.order(deal.order_id)).reference}"
    async with client_as(app, deal.operator) as operator:
        led = await submit(operator, page.replace("pesanan", "operator/sengketa"), f"{page}/langkah", {"to": "completed", "note": "Ya."})
    assert (led.status_code, led.headers["location"]) == (303, page.replace("pesanan", "operator/sengketa"))
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED


async def test_a_stranger_does_not_learn_that_an_order_exists(app: Litestar) -> None:
    deal = await make.deal()
    order = await make.order(deal.order_id)
    async with client_as(app, make.person("Orang lain")) as client:
        assert (await client.get(f"/pesanan/{order.reference}")).status_code == 404
        assert (await client.get(f"/api/v1/orders/{order.id}")).status_code == 404
        assert (await client.get("/api/v1/orders")).json() == {"items": [], "next": None}


async def test_over_the_api_an_order_is_placed_listed_and_moved(app: Litestar, run_jobs: RunJobs) -> None:
    buyer, seller = await make.member("Pembeli"), await make.member("Penjual")
    item = await make.goods(seller)
    wanted: dict[str, Any] = {
        "lines": [{"listing_id": str(item.id), "quantity": 2, "unit_price": item.price}],
        "delivery": {"kind": "courier", "address": "Lorong 3", "kelurahan_code": make.KELURAHAN},
        "client_key": "kunci-api-1",
    }
    async with client_as(app, buyer) as client:
        token = {"x-csrf-token": ""}
        placed = await client.post("/api/v1/orders", json=wanted, headers=token)
        assert placed.status_code == 201, placed.text
        group = placed.json()
        assert (group["total"], len(group["orders"])) == (30_000, 1)
        changed = {**wanted, "client_key": "kunci-api-2", "lines": [{**wanted["lines"][0], "unit_price": 1}]}
        refused = await client.post("/api/v1/orders", json=changed, headers=token)
        assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
        assert [row["state"] for row in (await client.get("/api/v1/orders")).json()["items"]] == ["placed"]
    await make.pay(UUID(group["intent_id"]))
    await run_jobs()
    async with client_as(app, seller) as client:
        (row,) = (await client.get("/api/v1/orders/sold?state=paid")).json()["items"]
        moved = (await client.post(f"/api/v1/orders/{row['id']}/moves", json={"to": "accepted"})).json()
        assert (moved["state"], [step["to"] for step in moved["steps"]]) == ("accepted", ["shipped", "cancelled"])
