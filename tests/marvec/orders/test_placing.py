"""Placing orders: all or nothing, once, and never more than there is."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from common.db import as_owner, hot, unit_of_work
from common.errors import Invalid
from marvec.listings import service as listings
from marvec.listings.errors import OutOfStock
from marvec.orders import queries
from marvec.orders.errors import NotForSale, NothingToOrder, OwnGoods, PriceChanged, QuantityOutOfRange, TooExpensive
from marvec.orders.models import Order
from marvec.orders.service import Delivery, Handover, place_orders
from tests.marvec import make

pytestmark = pytest.mark.usefixtures("database")


async def stock(listing_id: UUID) -> tuple[int, int]:
    async with hot() as connection:
        row = await connection.fetchrow("SELECT on_hand, reserved FROM listing_stock WHERE listing_id = $1", listing_id)
        return row["on_hand"], row["reserved"]


async def count(table: str) -> int:
    async with hot() as connection:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


async def orders_of(group_id: UUID) -> list[Order]:
    async with unit_of_work() as session:
        return (await queries.group_for_update(session, group_id))[1]


async def test_a_cart_of_three_sellers_becomes_three_orders_and_one_intent() -> None:
    buyer = make.person()
    one, two, three = await make.goods(price=15_000), await make.goods(price=7_000), await make.goods(price=100)
    group_id = await make.placed(buyer, make.line(one, 2), make.line(two), make.line(three, 3))
    orders = await orders_of(group_id)
    assert sorted(order.total for order in orders) == [300, 7_000, 30_000]
    assert sorted(order.commission for order in orders) == [8, 175, 750]
    assert {order.seller_id for order in orders} == {one.seller_id, two.seller_id, three.seller_id}
    async with hot() as connection:
        intent = await connection.fetchrow("SELECT amount, state, purpose, payer_id, id FROM payment_intents")
        group = await connection.fetchrow("SELECT total, intent_id FROM order_groups")
        born = await connection.fetch("SELECT from_state, to_state, moved_by FROM state_history WHERE machine = 'orders/2'")
    assert (intent["amount"], intent["state"], intent["purpose"]) == (37_300, "created", "order_group")
    assert (intent["payer_id"], intent["id"]) == (buyer.person_id, group["intent_id"])
    assert [tuple(row) for row in born] == [(None, "placed", buyer.person_id)] * 3
    assert await stock(one.id) == (10, 2)


async def test_each_order_gets_a_timer_of_fifteen_minutes() -> None:
    group_id = await make.placed(make.person(), make.line(await make.goods()))
    (order,) = await orders_of(group_id)
    async with hot() as connection:
        row = await connection.fetchrow("SELECT run_at, args, key FROM outbox WHERE job = 'orders.time_out'")
    assert row["run_at"] - order.moved_at == timedelta(minutes=15)
    assert row["args"] == {"order_id": str(order.id), "state": "placed"}
    assert row["key"] == f"order:{order.id}:placed"


async def test_one_seller_out_of_stock_places_nothing_at_all() -> None:
    one, two, three = await make.goods(), await make.goods(stock=1), await make.goods()
    with pytest.raises(OutOfStock) as refused:
        await make.placed(make.person(), make.line(one), make.line(two, 2), make.line(three))
    assert refused.value.params == {"listing_id": two.id, "left": 1}
    assert [await count(table) for table in ("orders", "order_groups", "order_lines", "payment_intents")] == [0, 0, 0, 0]
    assert [await stock(item.id) for item in (one, two, three)] == [(10, 0), (1, 0), (10, 0)]


async def test_a_hundred_buyers_on_seven_pieces_make_seven_orders() -> None:
    item = await make.goods(stock=7)

    async def buy() -> bool:
        try:
            await make.placed(make.person(), make.line(item))
        except OutOfStock:
            return False
        return True

    bought = await asyncio.gather(*(buy() for _ in range(100)))
    assert sum(bought) == 7
    assert await stock(item.id) == (7, 7)
    assert await count("orders") == 7


async def test_crossing_carts_do_not_wait_for_each_other_in_a_circle() -> None:
    one, two = await make.goods(stock=100), await make.goods(stock=100)
    carts = [(make.line(one), make.line(two)), (make.line(two), make.line(one))] * 20
    await asyncio.gather(*(make.placed(make.person(), *lines) for lines in carts))
    assert (await stock(one.id), await stock(two.id)) == ((100, 40), (100, 40))


async def test_the_same_button_pressed_ten_times_makes_one_group() -> None:
    buyer, item = make.person(), await make.goods()
    groups = await asyncio.gather(*(make.placed(buyer, make.line(item), key="formulir-1") for _ in range(10)))
    assert len(set(groups)) == 1
    assert (await count("orders"), await stock(item.id)) == (1, (10, 1))


async def test_the_same_key_of_another_buyer_is_another_group() -> None:
    item = await make.goods()
    one, two = [await make.placed(make.person(), make.line(item), key="formulir-1") for _ in range(2)]
    assert one != two


async def test_a_price_that_the_buyer_has_not_seen_is_refused() -> None:
    item = await make.goods(price=15_000)
    with pytest.raises(PriceChanged) as refused:
        await make.placed(make.person(), make.line(item, unit_price=14_000))
    assert refused.value.params == {"listing_id": item.id, "title": "Songkolo bagadang", "price": 15_000}
    assert await count("order_groups") == 0


async def test_two_lines_on_one_listing_are_one_wish() -> None:
    item = await make.goods(stock=3)
    with pytest.raises(OutOfStock):
        await make.placed(make.person(), make.line(item, 2), make.line(item, 2))
    group_id = await make.placed(make.person(), make.line(item, 1), make.line(item, 2))
    assert [order.total for order in await orders_of(group_id)] == [45_000]


async def test_nobody_buys_from_oneself() -> None:
    item = await make.goods()
    with pytest.raises(OwnGoods):
        await make.placed(make.seller_of(item), make.line(item))


async def test_what_is_not_shown_is_not_sold() -> None:
    item = await make.goods()
    async with unit_of_work() as session:
        await listings.pause_listing(session, make.seller_of(item), item.id)
    with pytest.raises(NotForSale):
        await make.placed(make.person(), make.line(item))


@pytest.mark.parametrize("quantity", [0, -1, 10_001])
async def test_impossible_quantities_are_refused(quantity: int) -> None:
    item = await make.goods()
    with pytest.raises(QuantityOutOfRange):
        await make.placed(make.person(), make.line(item, quantity))


async def test_nothing_and_too_much_are_refused() -> None:
    with pytest.raises(NothingToOrder):
        await make.placed(make.person())
    item = await make.goods(price=10_000_000, stock=10_000)
    with pytest.raises(TooExpensive):
        await make.placed(make.person(), make.line(item, 1_001))


async def test_a_courier_must_know_where() -> None:
    item = await make.goods()
    with pytest.raises(Invalid) as refused:
        await make.placed(make.person(), make.line(item), delivery=Delivery(Handover.COURIER))
    assert set(refused.value.fields) == {"address", "kelurahan_code"}


async def test_lines_never_change() -> None:
    await make.placed(make.person(), make.line(await make.goods()))
    async with as_owner() as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="never changed"):
            await connection.execute("UPDATE order_lines SET unit_price = 1, commission_base = 1, commission = 0")


async def test_a_needed_day_is_kept() -> None:
    buyer, item = make.person(), await make.goods()
    when = datetime.fromisoformat("2027-01-05T08:00:00+08:00")
    async with unit_of_work() as session:
        group = await place_orders(session, buyer, lines=[make.line(item)], delivery=Delivery(), client_key="kunci-1", needed_at=when)
    assert [order.needed_at for order in await orders_of(group.id)] == [when]
