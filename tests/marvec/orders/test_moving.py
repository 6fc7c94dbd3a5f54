"""Orders move along their table: nobody else, nowhere else, and each move does what the table says."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common import clock
from common.db import hot, unit_of_work
from common.states import NotFromHere
from marvec.orders import queries, service
from marvec.orders.errors import NoSuchOrder, NotYourMove, RefundOutOfRange
from marvec.orders.machine import MACHINES, ORDERS_2, Money, OrderState, Party, Step, Stock
from marvec.orders.service import Delivery, Handover
from tests.common.payments.make import differences, pots
from tests.marvec import make
from tests.marvec.make import RunJobs

pytestmark = pytest.mark.usefixtures("database")
WAYS = [(state, handover) for state in OrderState for handover in Handover]
UNREACHABLE = ((OrderState.READY, Handover.COURIER), (OrderState.SHIPPED, Handover.PICKUP), (OrderState.DISPUTED, Handover.PICKUP))
REACHABLE = [way for way in WAYS if way not in UNREACHABLE]


class Undo(Exception):
    """Rolls a tried move back."""


def delivery(handover: Handover) -> Delivery:
    return make.COURIER if handover is Handover.COURIER else Delivery()


def step_between(old: OrderState, new: OrderState, handover: Handover) -> Step | None:
    return next((step for step in ORDERS_2 if (step.old, step.new) == (old, new) and step.only in (None, handover)), None)


async def history(order_id: UUID) -> list[str]:
    async with unit_of_work() as session:
        return [row.to_state for row in await queries.history_of(session, order_id)]


async def stock(listing_id: UUID) -> tuple[int, int]:
    async with hot() as connection:
        row = await connection.fetchrow("SELECT on_hand, reserved FROM listing_stock WHERE listing_id = $1", listing_id)
        return row["on_hand"], row["reserved"]


async def try_move(deal: make.Deal, party: Party, new: OrderState) -> None:
    """Move and undo."""
    try:
        async with unit_of_work() as session:
            order = await service.move_order(session, deal.actor(party), deal.order_id, new, because="Ada sebabnya.")
            assert order.state is new
            raise Undo
    except Undo:
        pass


@pytest.mark.parametrize(("state", "handover"), REACHABLE)
async def test_every_party_may_move_where_the_table_says_and_nowhere_else(state: OrderState, handover: Handover, run_jobs: RunJobs) -> None:
    deal = await (make.deal_to_decide(run_jobs) if state is OrderState.DISPUTED else make.deal_in(state, run_jobs, delivery(handover)))
    before = await history(deal.order_id)
    for new in OrderState:
        step = step_between(state, new, handover)
        for party in (Party.BUYER, Party.SELLER, Party.OPERATOR):
            if step is None:
                with pytest.raises(NotFromHere):
                    await try_move(deal, party, new)
            elif party in step.by:
                await try_move(deal, party, new)
            else:
                with pytest.raises(NotYourMove):
                    await try_move(deal, party, new)
        with pytest.raises(NoSuchOrder):
            await make.move(make.person("Orang lain"), deal.order_id, new)
    assert await history(deal.order_id) == before


@pytest.mark.parametrize("state", [OrderState.PLACED, OrderState.PAID, OrderState.SHIPPED, OrderState.COMPLETED])
async def test_the_database_knows_the_same_table(state: OrderState, run_jobs: RunJobs) -> None:
    deal = await make.deal_in(state, run_jobs)
    for new in OrderState:
        if new is state:
            continue
        allowed = any((step.old, step.new) == (state, new) for step in ORDERS_2)
        with pytest.raises(Undo if allowed else IntegrityError):
            async with unit_of_work() as session:
                await session.execute(text("UPDATE orders SET state = :new WHERE id = :id"), {"new": new, "id": deal.order_id})
                raise Undo


@pytest.mark.parametrize("machine", MACHINES)
async def test_the_migrated_machines_are_the_tables(machine: str) -> None:
    async with hot() as connection:
        rows = await connection.fetch("SELECT from_state, to_state FROM state_moves WHERE machine = $1 AND from_state <> ''", machine)
    assert {tuple(row) for row in rows} == {(step.old, step.new) for step in MACHINES[machine]}


def test_no_state_is_entered_twice() -> None:
    """A timer's key is (order, state): that is only right while the table has no circle."""
    below: dict[OrderState, set[OrderState]] = {state: {step.new for step in ORDERS_2 if step.old is state} for state in OrderState}
    for _ in OrderState:
        for state in OrderState:
            below[state] |= {deeper for next_one in below[state] for deeper in below[next_one]}
    assert [state for state in OrderState if state in below[state]] == []


async def test_a_whole_life_ends_with_the_money_at_the_seller(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    assert await pots() == {"outside:payers": -30_000, f"held:{deal.order_id}": 30_000}
    await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED)
    storefront = (await make.order(deal.order_id)).storefront_id
    assert await pots() == {"outside:payers": -30_000, f"in_transit:{storefront}": 29_250, "commission:platform": 750}
    assert await differences() == []
    assert await stock(deal.listing_id) == (8, 0)
    assert await history(deal.order_id) == ["placed", "paid", "accepted", "shipped", "completed"]


MONEY_BACK = [step for step in ORDERS_2 if step.money is Money.REFUND]


@pytest.mark.parametrize("step", MONEY_BACK, ids=lambda step: f"{step.old}-{step.new}")
async def test_a_refund_gives_back_all_of_it_once(step: Step, run_jobs: RunJobs) -> None:
    handover = Handover.PICKUP if step.old is OrderState.READY else Handover.COURIER
    disputed = step.old is OrderState.DISPUTED
    deal = await (make.deal_to_decide(run_jobs) if disputed else make.deal_in(step.old, run_jobs, delivery(handover)))
    party = min(step.by - {Party.TIMER}, key=list(Party).index)
    await make.move(deal.actor(party), deal.order_id, step.new, because="Ada sebabnya.")
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded) == (step.new, 30_000)
    async with hot() as connection:
        refunds = await connection.fetch("SELECT amount, order_id FROM payment_refunds")
    assert [tuple(row) for row in refunds] == [(30_000, deal.order_id)]
    assert await differences() == []
    assert await stock(deal.listing_id) == ((10, 0) if step.stock is Stock.FREE else (8, 0))


async def test_silence_of_the_seller_cancels_and_refunds_after_a_day(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.PAID, run_jobs)
    await run_jobs(ahead=timedelta(hours=23, minutes=59))
    assert (await make.order(deal.order_id)).state is OrderState.PAID
    await run_jobs(ahead=timedelta(hours=24, minutes=1), failing=True)
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded, order.moved_by) == (OrderState.CANCELLED, 30_000, None)
    assert await stock(deal.listing_id) == (10, 0)


async def test_three_days_after_delivery_the_order_completes_by_itself(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.DELIVERED, run_jobs)
    await run_jobs(ahead=timedelta(days=3, minutes=1), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.COMPLETED
    assert (await pots())["commission:platform"] == 750


async def test_nobody_says_that_it_arrived_and_still_the_seller_gets_the_money(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    await run_jobs(ahead=timedelta(days=7, minutes=1), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.DELIVERED
    await run_jobs(ahead=timedelta(days=10, minutes=2), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.COMPLETED


async def test_an_old_timer_does_nothing_to_an_order_that_moved_on(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.ACCEPTED, run_jobs)
    await run_jobs(ahead=timedelta(days=13), failing=True)
    assert (await make.order(deal.order_id)).state is OrderState.ACCEPTED
    assert await history(deal.order_id) == ["placed", "paid", "accepted"]


async def test_nothing_is_sent_for_two_weeks_and_the_buyer_has_all_money_and_the_seller_all_goods_back(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.ACCEPTED, run_jobs)
    await run_jobs(ahead=timedelta(days=14, minutes=1), failing=True)
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded, order.moved_by) == (OrderState.CANCELLED, 30_000, None)
    assert order.moved_because == "Barang tidak diserahkan sampai batas waktu, jadi semua uang kembali ke pembeli."
    assert await stock(deal.listing_id) == (10, 0)
    assert await differences() == []


@pytest.mark.parametrize(("state", "handover"), [way for way in REACHABLE if any(step.old is way[0] for step in ORDERS_2)])
async def test_time_alone_brings_an_order_to_an_end_from_wherever_everybody_left_it(
    state: OrderState, handover: Handover, run_jobs: RunJobs
) -> None:
    deal = await make.deal_in(state, run_jobs, delivery(handover))
    for days in (15, 30, 45):
        await run_jobs(ahead=timedelta(days=days), failing=True)
    assert not (await make.order(deal.order_id)).steps()
    assert await differences() == []


async def test_a_timer_that_runs_ten_times_moves_once(run_jobs: RunJobs) -> None:
    deal = await make.deal()
    for _ in range(10):
        async with unit_of_work() as session:
            await service.time_out(session, deal.order_id, OrderState.PLACED)
    assert await history(deal.order_id) == ["placed", "expired"]
    assert await stock(deal.listing_id) == (10, 0)


async def test_an_operator_settles_a_dispute_in_part(run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    await make.move(deal.operator, deal.order_id, OrderState.COMPLETED, refund=10_000, because="Kurang satu bungkus.")
    order = await make.order(deal.order_id)
    assert (order.state, order.refunded) == (OrderState.COMPLETED, 10_000)
    balances = await pots()
    assert (balances[f"in_transit:{order.storefront_id}"], balances["commission:platform"]) == (19_500, 500)
    assert await differences() == []


@pytest.mark.parametrize("refund", [30_000, 30_001])
async def test_a_part_is_less_than_all_and_more_is_refused(refund: int, run_jobs: RunJobs) -> None:
    deal = await make.deal_to_decide(run_jobs)
    with pytest.raises(RefundOutOfRange):
        await make.move(deal.operator, deal.order_id, OrderState.COMPLETED, refund=refund, because="Ada sebabnya.")
    assert (await make.order(deal.order_id)).state is OrderState.DISPUTED


async def test_a_buyer_cannot_name_a_refund(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    with pytest.raises(RefundOutOfRange):
        await make.move(deal.buyer, deal.order_id, OrderState.COMPLETED, refund=29_000)


async def test_both_sides_are_told_and_the_channel_shows_it(run_jobs: RunJobs) -> None:
    deal = await make.deal_in(OrderState.SHIPPED, run_jobs)
    async with hot() as connection:
        told = await connection.fetch('SELECT data FROM live_publications WHERE channel = $1 ORDER BY "offset"', f"order:{deal.order_id}")
        inbox: list[Any] = await connection.fetch(
            "SELECT person_id, text FROM notification WHERE kind IN ('order.moved', 'order.paid') ORDER BY id"
        )
    assert [row["data"]["state"] for row in told] == ["paid", "accepted", "shipped"]
    to_buyer = [row["text"].split(" %")[0] for row in inbox if row["person_id"] == deal.buyer.person_id]
    assert to_buyer == ["Pembayaran pesanan", "Penjual menerima pesanan", "Pesanan"]
    assert sum(row["person_id"] == deal.seller.person_id for row in inbox) == 1


async def test_the_deadline_is_shown_where_time_moves() -> None:
    deal = await make.deal()
    order = await make.order(deal.order_id)
    assert order.deadline() == order.moved_at + timedelta(minutes=15) > clock.now()
