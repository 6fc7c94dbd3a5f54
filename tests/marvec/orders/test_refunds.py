"""A seller gives money back in parts: never more than there is, once however often it is pressed, until a week after the end."""

import asyncio
from datetime import timedelta

import pytest
from litestar import Litestar

from common import clock
from common.actor import Actor
from common.db import as_owner, hot, unit_of_work
from marvec.orders import queries, service
from marvec.orders.errors import CancelInstead, MoreThanLeft, NoSuchOrder, NotYourMove, TooLateToRefund
from marvec.orders.machine import OrderState
from tests.common.payments.make import differences, pots
from tests.marvec import make
from tests.marvec.acting import client_as, submit
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")
ALIVE = [OrderState.PAID, OrderState.ACCEPTED, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.DISPUTED, OrderState.COMPLETED]


async def give_back(actor: Actor, deal: make.Deal, amount: int, key: str = "tombol-pertama") -> None:
    async with unit_of_work() as session:
        await service.refund_part(session, actor, deal.order_id, amount=amount, reason="Kurang satu.", client_key=key)


async def refunds(deal: make.Deal) -> list[int]:
    async with unit_of_work() as session:
        return [row.amount for row in await queries.refunds_of(session, deal.order_id)]


@pytest.mark.parametrize("state", ALIVE)
async def test_a_part_goes_back_in_every_state_in_which_there_is_money(state: OrderState, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(state, run_jobs)
    await give_back(deal.seller, deal, 7_000)
    assert ((await make.order(deal.order_id)).refunded, await refunds(deal)) == (7_000, [7_000])
    async with hot() as connection:
        assert await connection.fetchval("SELECT sum(amount) FROM payment_refunds") == 7_000
        told = await connection.fetchval(
            "SELECT params->>'amount' FROM notification WHERE person_id = $1 ORDER BY seq DESC", deal.buyer.person_id
        )
    assert told == "Rp7.000"
    assert await differences() == []


@pytest.mark.parametrize("state", [OrderState.PLACED, OrderState.EXPIRED, OrderState.DECLINED])
async def test_where_there_is_no_money_there_is_nothing_to_give_back(state: OrderState, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(state, run_jobs)
    with pytest.raises(TooLateToRefund):
        await give_back(deal.seller, deal, 1)


async def test_ten_presses_at_once_give_back_once(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    await asyncio.gather(*(give_back(deal.seller, deal, 20_000) for _ in range(10)))
    assert ((await make.order(deal.order_id)).refunded, await refunds(deal)) == (20_000, [20_000])
    assert await differences() == []


async def test_ten_different_refunds_at_once_give_back_what_there_is_and_no_more(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    done = await asyncio.gather(*(give_back(deal.seller, deal, 7_000, f"tombol-{n}") for n in range(10)), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [MoreThanLeft] * 6
    assert ((await make.order(deal.order_id)).refunded, await refunds(deal)) == (28_000, [7_000] * 4)
    assert await differences() == []


async def test_a_refund_and_the_buyers_yes_at_the_same_moment_lose_nothing(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    yes = make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    await asyncio.gather(give_back(deal.seller, deal, 10_000), yes)
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded) == (OrderState.COMPLETED, 10_000)
    assert await differences() == []


async def test_parts_before_the_end_are_taken_off_what_the_seller_and_the_city_get(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await give_back(deal.seller, deal, 10_000)
    await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    order, balances = await make.order(deal.order_id), await pots()
    assert (balances[f"in_transit:{order.storefront_id}"], balances["commission:platform"]) == (19_500, 500)
    await give_back(deal.seller, deal, 20_000, "tombol-kedua")
    assert (await make.order(deal.order_id)).refunded == 30_000
    assert (await pots())[f"seller:{order.storefront_id}"] == -19_500
    assert await differences() == []


async def test_a_week_after_the_end_it_is_too_late(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.COMPLETED, run_jobs)
    with clock.frozen(clock.now() + timedelta(days=6, hours=23)):
        await give_back(deal.seller, deal, 1_000)
    with clock.frozen(clock.now() + timedelta(days=7, minutes=1)), pytest.raises(TooLateToRefund):
        await give_back(deal.seller, deal, 1_000, "tombol-kedua")
    assert await refunds(deal) == [1_000]


async def test_all_of_it_is_a_cancellation_while_the_seller_can_still_cancel(run_jobs: RunJobs) -> None:
    paid, sent = await make.deal_in(OrderState.PAID, run_jobs), await make.deal_in(OrderState.SHIPPED, run_jobs)
    with pytest.raises(CancelInstead):
        await give_back(paid.seller, paid, 30_000)
    await give_back(sent.seller, sent, 30_000)
    await make.move(sent.buyer, sent.order_id, OrderState.COMPLETED)
    order = await make.order(sent.order_id)
    assert (order.state, order.refunded) == (OrderState.COMPLETED, 30_000)
    assert await differences() == []


async def test_a_cancellation_gives_back_the_rest(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.ACCEPTED, run_jobs)
    await give_back(deal.seller, deal, 12_000)
    await make.move(deal.buyer, deal.order_id, OrderState.CANCELLED)
    assert ((await make.order(deal.order_id)).refunded, await refunds(deal)) == (30_000, [12_000, 18_000])
    assert await differences() == []


async def test_only_the_seller_gives_back(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    for actor, error in ((deal.buyer, NotYourMove), (deal.operator, NotYourMove), (make.person("Orang lain"), NoSuchOrder)):
        with pytest.raises(error):
            await give_back(actor, deal, 1_000)


async def test_an_order_counts_what_its_refunds_sum_to_says_the_database(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    await give_back(deal.seller, deal, 5_000)
    async with hot() as connection:
        with pytest.raises(Exception, match="its refunds are 5000"):
            await connection.execute("UPDATE orders SET refunded = 6000 WHERE id = $1", deal.order_id)
    async with as_owner() as connection:
        with pytest.raises(Exception, match="never changed"):
            await connection.execute("DELETE FROM order_refunds")


async def test_the_page_takes_a_part_and_shows_it_to_both(app: Litestar, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    page = f"/pesanan/{(await make.order(deal.order_id)).reference}"
    data = {"amount": "7000", "reason": "Satu bungkus kurang.", "client_key": "tombol-halaman"}
    async with client_as(app, deal.seller) as seller, client_as(app, deal.buyer) as buyer:
        for _ in range(2):
            sent = await submit(seller, page, f"{page}/pengembalian", data)
            assert sent.status_code == 303, sent.text
        refused = await submit(seller, page, f"{page}/pengembalian", {**data, "amount": "23001", "client_key": "tombol-lain"})
        assert refused.status_code == 409
        assert "Pesanan ini tinggal punya Rp23.000" in refused.text
        assert "Satu bungkus kurang." in (await buyer.get(page)).text
        assert "/pengembalian" not in (await buyer.get(page)).text
    assert await refunds(deal) == [7_000]
