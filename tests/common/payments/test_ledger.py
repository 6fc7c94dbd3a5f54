"""The ledger's promises, against those who try to break them."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common.db import as_owner, unit_of_work
from common.ids import uuid7
from common.payments.models import Book, Pot
from common.payments.postings import move
from common.payments.service.ledger import post
from tests.common.payments import make

OUTSIDE = (Pot.OUTSIDE, "payers")


async def _pay_in(session: AsyncSession, owner: str, amount: int) -> bool:
    return await post(session, Book.MARKET, f"capture:{owner}", move(OUTSIDE, (Pot.ARRIVED, owner), amount))


async def test_a_movement_fills_one_pot_from_another(database: None) -> None:
    async with unit_of_work() as session:
        assert await _pay_in(session, "a", 25_000)
    assert await make.pots() == {"outside:payers": -25_000, "arrived:a": 25_000}


async def test_fifty_who_post_the_same_cause_at_once_post_it_once(database: None) -> None:
    async def post_it() -> bool:
        async with unit_of_work() as session:
            return await _pay_in(session, "a", 7_000)

    results = await asyncio.gather(*(post_it() for _ in range(50)), return_exceptions=False)
    assert sorted(results) == [False] * 49 + [True]
    assert await make.pots() == {"outside:payers": -7_000, "arrived:a": 7_000}


async def test_a_transaction_that_does_not_sum_to_zero_is_refused_at_commit(database: None) -> None:
    with pytest.raises(IntegrityError, match="has 2 entries with the sum 1"):
        async with unit_of_work() as session:
            await post(session, Book.MARKET, "capture:a", {OUTSIDE: -100, (Pot.ARRIVED, "a"): 101})
    assert await make.pots() == {}


async def test_a_transaction_without_entries_is_refused(database: None) -> None:
    with pytest.raises(IntegrityError, match="has 0 entries"):
        async with unit_of_work() as session:
            await session.execute(
                text("INSERT INTO ledger_transactions VALUES (:id, 'market', 'capture', 'capture:x', now())"), {"id": uuid7()}
            )


async def test_an_old_transaction_takes_no_further_entry(database: None) -> None:
    async with unit_of_work() as session:
        await _pay_in(session, "a", 100)
        await _pay_in(session, "b", 100)
    with pytest.raises(IntegrityError, match="has 3 entries with the sum 1"):
        async with unit_of_work() as session:
            await session.execute(
                text("""INSERT INTO ledger_entries SELECT t.id, a.id, 'market', 1 FROM ledger_transactions t, ledger_accounts a
                        WHERE t.cause = 'capture:a' AND a.owner = 'b'""")
            )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET amount = amount * 2",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_transactions SET cause = 'other'",
        "DELETE FROM ledger_transactions",
        "UPDATE ledger_accounts SET owner = 'thief'",
    ],
)
async def test_rows_of_the_ledger_never_change(database: None, statement: str) -> None:
    async with unit_of_work() as session:
        await _pay_in(session, "a", 100)
    async with as_owner() as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="never changed or deleted"):
            await connection.execute(statement)
    with pytest.raises(DBAPIError, match=r"never changed or deleted|permission denied"):
        async with unit_of_work() as session:
            await session.execute(text(statement))
    assert await make.pots() == {"outside:payers": -100, "arrived:a": 100}


async def test_money_of_the_market_and_of_the_city_cannot_meet_in_one_transaction(database: None) -> None:
    async with unit_of_work() as session:
        await _pay_in(session, "a", 100)
        await post(session, Book.CITY, "capture:b", move(OUTSIDE, (Pot.ARRIVED, "b"), 100))
    for book in ("market", "city"):
        with pytest.raises(IntegrityError, match="fk_ledger_entries"):
            async with unit_of_work() as session:
                await session.execute(
                    text("INSERT INTO ledger_transactions VALUES (:id, 'market', 'x', 'x:1', now())"), {"id": (id_ := uuid7())}
                )
                await session.execute(
                    text("""INSERT INTO ledger_entries SELECT :id, id, CAST(:book AS text), CASE owner WHEN 'a' THEN -50 ELSE 50 END
                            FROM ledger_accounts WHERE kind = 'arrived'"""),
                    {"id": id_, "book": book},
                )


async def test_an_office_has_no_pot_in_the_market(database: None) -> None:
    with pytest.raises(IntegrityError, match="ck_ledger_accounts_book"):
        async with unit_of_work() as session:
            await post(session, Book.MARKET, "settle:a", move(OUTSIDE, (Pot.OFFICE, "DPMPTSP"), 100))


async def test_a_pot_of_others_money_is_never_overdrawn_even_by_two_at_once(database: None) -> None:
    async with unit_of_work() as session:
        await _pay_in(session, "a", 100)

    async def spend(number: int) -> None:
        async with unit_of_work() as session:
            await post(session, Book.MARKET, f"hold:{number}", move((Pot.ARRIVED, "a"), (Pot.HELD, str(number)), 60))

    results = await asyncio.gather(*(spend(number) for number in range(8)), return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert all(isinstance(result, IntegrityError) for result in results if result is not None)
    assert (await make.pots())["arrived:a"] == 40
