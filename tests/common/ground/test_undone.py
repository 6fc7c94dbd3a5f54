"""What is written because a transaction was undone."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from common import outbox
from common.db import hot, unit_of_work
from common.deeds import before_commit, if_undone

pytestmark = pytest.mark.usefixtures("database")


async def promise(session: AsyncSession, job: str) -> None:
    await outbox.enqueue(session, job)


async def promised() -> list[str]:
    async with hot() as connection:
        return [row["job"] for row in await connection.fetch("SELECT job FROM outbox ORDER BY job")]


async def act(*, fail: bool, undone: tuple[str, ...] = ("undone",)) -> None:
    async with unit_of_work() as session:
        await promise(session, "done")
        for job in undone:
            if_undone(session, "only one", lambda anew, job=job: promise(anew, job))  # type: ignore[misc]
        if fail:
            raise ZeroDivisionError


async def test_it_is_written_once_and_only_when_the_transaction_was_undone() -> None:
    await act(fail=False)
    assert await promised() == ["done"]
    with pytest.raises(ZeroDivisionError):
        await act(fail=True, undone=("first", "second"))
    assert await promised() == ["done", "second"]


async def test_its_own_failure_hides_nothing() -> None:
    async def break_down(session: AsyncSession) -> None:
        await session.execute(text("SELECT nothing_of_that_name"))

    with capture_logs() as lines, pytest.raises(ZeroDivisionError):
        async with unit_of_work() as session:
            if_undone(session, "broken", break_down)
            raise ZeroDivisionError
    assert [line["event"] for line in lines] == ["undone_not_written"]
    assert await promised() == []


async def test_what_fails_on_its_way_to_the_commit_is_undone_too() -> None:
    async def too_late() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with unit_of_work() as session:
            await promise(session, "done")
            if_undone(session, "refused", lambda anew: promise(anew, "undone"))
            before_commit(session, "late", too_late)
    assert await promised() == ["undone"]
