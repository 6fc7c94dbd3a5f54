"""What is told stands in the stream with the transaction that caused it: gap-free, in order, all or nothing."""

import asyncio

import pytest

from common.db import hot, unit_of_work
from common.deeds import before_commit
from common.live import tell
from tests.common.live.make import told


async def stream(channel: str) -> list[tuple[int, object]]:
    async with hot() as connection:
        rows = await connection.fetch('SELECT "offset", data FROM live_publications WHERE channel = $1 ORDER BY 1', channel)
    return [(row[0], row[1]) for row in rows]


async def test_tellings_of_one_transaction_keep_their_order_and_channels_count_apart(database: None) -> None:
    async with unit_of_work() as session:
        await tell(session, "b:1", {"n": 1})
        await tell(session, "a:1", {"n": 2})
        await tell(session, "b:1", {"n": 3})
    await told("b:1", {"n": 4})

    assert await stream("a:1") == [(1, {"n": 2})]
    assert await stream("b:1") == [(1, {"n": 1}), (2, {"n": 3}), (3, {"n": 4})]


async def test_a_transaction_that_fails_tells_nothing_and_leaves_no_gap(database: None) -> None:
    await told("a:1", {"n": 1})
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work() as session:
            await tell(session, "a:1", {"n": 2})
            raise ZeroDivisionError
    await told("a:1", {"n": 3})

    assert await stream("a:1") == [(1, {"n": 1}), (2, {"n": 3})]


async def test_sixty_transactions_at_once_in_crossing_channels_neither_lock_up_nor_leave_gaps(database: None) -> None:
    channels = [f"c:{number}" for number in range(5)]

    async def one(number: int) -> None:
        order = channels if number % 2 else channels[::-1]
        async with unit_of_work() as session:
            for channel in order:
                await tell(session, channel, number)

    await asyncio.gather(*(one(number) for number in range(60)))

    for channel in channels:
        heard = await stream(channel)
        assert [offset for offset, _ in heard] == list(range(1, 61))
        assert sorted(data for _, data in heard) == list(range(60))  # type: ignore[type-var]  # whole numbers, seen as JSON


async def test_a_commit_that_fails_after_the_telling_takes_it_back(database: None) -> None:
    """What is told is written just before COMMIT; whatever fails still later must undo it."""

    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with unit_of_work() as session:
            await tell(session, "a:1", {"n": 1})
            before_commit(session, "fail", fail)
    assert await stream("a:1") == []
