"""Stock is never oversold: whatever happens at once, 0 <= reserved <= on_hand."""

import asyncio
import random
from collections import Counter
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import db
from common.db import unit_of_work
from marvec.listings import queries, service
from marvec.listings.errors import NotReserved, OutOfStock
from marvec.listings.service.stocking import RESERVE, TAKE
from tests.marvec.acting import person
from tests.marvec.listings.make import draft
from tests.marvec.storefronts.make import shop


async def pieces(*stocks: int) -> list[UUID]:
    """New goods with so many pieces each, committed."""
    async with unit_of_work() as session:
        seller = person()
        opened = await shop(session, seller)
        return [(await draft(session, seller, opened, stock=stock)).id for stock in stocks]


async def counts(listing_id: UUID) -> tuple[int, int]:
    """(on_hand, reserved) as committed."""
    async with unit_of_work() as session:
        row = (await queries.stock_of(session, [listing_id]))[listing_id]
        return row.on_hand, row.reserved


async def test_a_hundred_buyers_at_once_on_seven_pieces_get_seven(database: None) -> None:
    [listing_id] = await pieces(7)

    async def buy() -> str:
        try:
            async with unit_of_work() as session:
                await service.reserve(session, {listing_id: 1})
                return "mine"
        except OutOfStock as error:
            return f"left {error.params['left']}"

    outcome = Counter(await asyncio.gather(*(buy() for _ in range(100))))
    assert outcome == {"mine": 7, "left 0": 93}
    assert await counts(listing_id) == (7, 7)


async def test_who_cannot_have_all_gets_nothing_even_if_she_goes_on(database: None) -> None:
    first, short, last = await pieces(5, 1, 5)
    async with unit_of_work() as session:
        with pytest.raises(OutOfStock) as refused:
            await service.reserve(session, {last: 2, short: 2, first: 2})
        assert refused.value.params == {"listing_id": short, "left": 1}
    assert [await counts(one) for one in (first, short, last)] == [(5, 0), (1, 0), (5, 0)]


async def test_goods_that_do_not_exist_are_out_of_stock(session: AsyncSession) -> None:
    with pytest.raises(OutOfStock):
        await service.reserve(session, {UUID(int=1): 1})


async def test_no_more_is_freed_or_taken_than_is_reserved(session: AsyncSession) -> None:
    seller = person()
    listing = await draft(session, seller, await shop(session, seller))
    await service.reserve(session, {listing.id: 3})
    await service.take(session, {listing.id: 2})
    for verb in (service.take, service.unreserve):
        with pytest.raises(NotReserved):
            await verb(session, {listing.id: 2})
    await service.unreserve(session, {listing.id: 1})
    stock = (await queries.stock_of(session, [listing.id]))[listing.id]
    assert (stock.on_hand, stock.reserved, stock.free) == (5, 0, 5)


@pytest.mark.parametrize("quantity", [0, -1])
async def test_less_than_one_piece_cannot_be_reserved(database: None, quantity: int) -> None:
    [listing_id] = await pieces(7)
    with pytest.raises(IntegrityError):
        async with unit_of_work() as session:
            await service.reserve(session, {listing_id: quantity})
    assert await counts(listing_id) == (7, 0)


async def test_the_table_itself_refuses_to_be_oversold(database: None) -> None:
    [listing_id] = await pieces(2)
    for broken in ("reserved = 3", "reserved = -1", "on_hand = -1"):
        with pytest.raises(IntegrityError, match="reserved_within_on_hand"):
            async with unit_of_work() as session:
                await session.execute(text(f"UPDATE listing_stock SET {broken} WHERE listing_id = :id"), {"id": listing_id})


async def test_restocking_counts_what_is_promised_on_top(session: AsyncSession) -> None:
    seller = person()
    listing = await draft(session, seller, await shop(session, seller), stock=7)
    await service.reserve(session, {listing.id: 3})
    stock = await service.restock(session, seller, listing.id, free=0)
    assert (stock.on_hand, stock.reserved, stock.free) == (3, 3, 0)


async def test_the_hot_form_does_the_same_within_its_transaction(database: None) -> None:
    [listing_id] = await pieces(3)
    async with db.hot_transaction() as connection:
        await service.change_stock(connection, {listing_id: 2}, RESERVE)
        await service.change_stock(connection, {listing_id: 1}, TAKE)
    with pytest.raises(OutOfStock):
        async with db.hot_transaction() as connection:
            await service.change_stock(connection, {listing_id: 2}, RESERVE)
    assert await counts(listing_id) == (2, 1)


@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_buyers_who_change_their_minds_keeps_the_books(database: None, seed: int) -> None:
    """Thirty people reserve baskets in any order, free or take some, at once: no deadlock, and the rows agree with what each was told."""
    stocks = [5, 9, 20, 3]
    goods = await pieces(*stocks)
    held, sold = Counter[UUID](), Counter[UUID]()

    async def person_at_the_counter(chance: random.Random) -> None:
        for _ in range(8):
            basket = {one: chance.randint(1, 3) for one in chance.sample(goods, chance.randint(1, 4))}
            try:
                async with unit_of_work() as session:
                    await service.reserve(session, basket)
            except OutOfStock:
                continue
            verb = chance.choice([service.unreserve, service.take, None])
            if verb is not None:
                async with unit_of_work() as session:
                    await verb(session, basket)
            (held if verb is None else sold if verb is service.take else Counter[UUID]()).update(basket)

    await asyncio.gather(*(person_at_the_counter(random.Random(seed * 100 + number)) for number in range(30)))
    for stock, one in zip(stocks, goods, strict=True):
        assert await counts(one) == (stock - sold[one], held[one])


async def test_raw_concurrent_calls_in_opposite_order_do_not_deadlock(database: None) -> None:
    one, other = await pieces(500, 500)

    async def both(first: UUID, second: UUID) -> None:
        for _ in range(25):
            async with db.hot_transaction() as connection:
                await service.change_stock(connection, {first: 1, second: 1}, RESERVE)

    try:
        await asyncio.gather(*(both(*pair) for pair in [(one, other), (other, one)] * 4))
    except asyncpg.DeadlockDetectedError:
        pytest.fail("rows are locked in id order, so there is no deadlock")
    assert [await counts(one), await counts(other)] == [(500, 200), (500, 200)]
