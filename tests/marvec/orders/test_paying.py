"""Money meets orders: held once, or given back in full once, whatever comes first."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from common import events
from common.db import hot, unit_of_work
from common.payments import queries as payments
from common.payments.models import IntentState
from marvec.orders import queries, service
from marvec.orders.machine import OrderState
from tests.common.payments.make import differences, pots
from tests.marvec import make
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")


async def refunds() -> list[int]:
    async with hot() as connection:
        return [row["amount"] for row in await connection.fetch("SELECT amount FROM payment_refunds ORDER BY id")]


async def stock(listing_id: UUID) -> tuple[int, int]:
    async with hot() as connection:
        row = await connection.fetchrow("SELECT on_hand, reserved FROM listing_stock WHERE listing_id = $1", listing_id)
        return row["on_hand"], row["reserved"]


async def test_a_payment_moves_all_orders_of_the_group_and_holds_for_each(run_jobs: RunJobs) -> None:
    buyer = await make.member()
    items = [await make.goods(await make.member(f"Penjual {n}"), price=10_000 * n) for n in (1, 2, 3)]
    group_id = await make.placed(buyer, *(make.line(item) for item in items))
    async with unit_of_work() as session:
        group, orders = await queries.group_for_update(session, group_id)
    await make.pay(group.intent_id)
    await run_jobs()
    assert {(await make.order(order.id)).state for order in orders} == {OrderState.PAID}
    balances = await pots()
    assert sorted(balances[f"held:{order.id}"] for order in orders) == [10_000, 20_000, 30_000]
    assert await differences() == []


async def test_a_payment_heard_three_times_counts_once(run_jobs: RunJobs) -> None:
    deal = await make.deal()
    await make.pay(deal.intent_id)
    async with unit_of_work() as session:
        for _ in range(2):
            await events.publish(session, events.PaymentSucceeded(deal.intent_id, "order_group", deal.group_id, 30_000))
    await run_jobs()
    assert (await make.order(deal.order_id)).state is OrderState.PAID
    assert (await refunds(), (await pots())[f"held:{deal.order_id}"]) == ([], 30_000)


async def test_a_payment_after_the_end_goes_back_in_full_exactly_once(run_jobs: RunJobs) -> None:
    deal = await make.deal()
    async with unit_of_work() as session:
        intent = await payments.for_update(session, deal.intent_id)
        intent.move_to(IntentState.STARTED, by=None)  # somebody stands on the provider's page
    await run_jobs(ahead=timedelta(minutes=15, seconds=1), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.EXPIRED
    assert await stock(deal.listing_id) == (10, 0)
    await make.pay(deal.intent_id)
    async with unit_of_work() as session:
        await events.publish(session, events.PaymentSucceeded(deal.intent_id, "order_group", deal.group_id, 30_000))
    await run_jobs(failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.EXPIRED
    assert await refunds() == [30_000]
    assert await stock(deal.listing_id) == (10, 0)
    assert await differences() == []


async def test_payment_and_timer_at_the_same_moment_end_in_one_of_two_worlds() -> None:
    for _ in range(5):
        deal = await make.deal()
        await make.pay(deal.intent_id)

        async def receive(deal: make.Deal = deal) -> None:
            async with unit_of_work() as session:
                await service.receive_payment(session, intent_id=deal.intent_id, group_id=deal.group_id, amount=30_000)

        async def expire(deal: make.Deal = deal) -> None:
            async with unit_of_work() as session:
                await service.time_out(session, deal.order_id, OrderState.PLACED)

        await asyncio.gather(receive(), expire(), receive(), expire())
        state, back = (await make.order(deal.order_id)).state, (await refunds())[-1:]
        assert (state, await stock(deal.listing_id)) in ((OrderState.PAID, (10, 2)), (OrderState.EXPIRED, (10, 0)))
        assert (state is OrderState.EXPIRED) == (back == [30_000])
        async with hot() as connection:
            await connection.execute("DELETE FROM payment_refunds")


async def test_a_closed_intent_ends_the_orders_that_wait_for_it(run_jobs: RunJobs) -> None:
    deal = await make.deal()
    async with unit_of_work() as session:
        await events.publish(session, events.PaymentClosed(deal.intent_id, "order_group", deal.group_id))
    await run_jobs()
    assert (await make.order(deal.order_id)).state is OrderState.EXPIRED
    assert await stock(deal.listing_id) == (10, 0)


async def test_an_unpaid_group_is_cancelled_as_a_whole(run_jobs: RunJobs) -> None:
    buyer = await make.member()
    items = [await make.goods(), await make.goods()]
    group_id = await make.placed(buyer, *(make.line(item) for item in items))
    async with unit_of_work() as session:
        group, orders = await queries.group_for_update(session, group_id)
    await make.move(buyer, orders[1].id, OrderState.CANCELLED)
    assert [(await make.order(order.id)).state for order in orders] == [OrderState.CANCELLED] * 2
    assert [await stock(item.id) for item in items] == [(10, 0), (10, 0)]
    async with hot() as connection:
        assert await connection.fetchval("SELECT state FROM payment_intents WHERE id = $1", group.intent_id) == "closed"
    await run_jobs()
