"""A list is walked once, whatever happens to it meanwhile."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar import Request, Response, get
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.db import unit_of_work
from common.ids import uuid7
from common.web import pages
from common.web.models import IdempotencyKey as Row
from common.web.paging import BadCursor, Cursor, Limit, Page, after, cursor_of, keys_of, linked, page_of
from tests.common.web.make import browser, small_app

NEWEST = "rows:newest"


async def lay(*ages: int) -> None:
    """Rows of these ages in minutes; several may be equally old."""
    now = clock.now()
    async with unit_of_work() as session:
        session.add_all(Row(caller=b"", key=str(uuid7()), body_hash=b"", created_at=now - timedelta(minutes=age)) for age in ages)


async def newest(session: AsyncSession, cursor: str | None, limit: int = 2) -> Page[UUID]:
    columns = (col(Row.created_at), col(Row.id))
    found = await session.scalars(after(select(Row), columns, keys_of(NEWEST, cursor), descending=True).limit(limit + 1))
    return page_of(list(found), limit, NEWEST, lambda row: (row.created_at, row.id), lambda row: row.id)


async def test_every_row_comes_once_though_rows_are_added_and_taken_meanwhile(database: None) -> None:
    await lay(1, 2, 2, 2, 3)
    async with unit_of_work() as session:
        first = await newest(session, None)
    await lay(0, 0)  # newer than where the reader stands
    async with unit_of_work() as session:
        await session.delete(await session.get_one(Row, first.items[-1]))  # the very row that the cursor names
    async with unit_of_work() as session:
        second = await newest(session, first.next)
        third = await newest(session, second.next)
    seen = [*first.items, *second.items, *third.items]
    assert (len(seen), len(set(seen)), third.next) == (5, 5, None)


async def test_mixed_directions_are_walked_in_order(database: None) -> None:
    await lay(1, 1, 2, 2)
    columns = (col(Row.created_at), col(Row.id))
    async with unit_of_work() as session:
        whole = list(await session.scalars(select(col(Row.id)).order_by(columns[0].desc(), columns[1].asc())))
        row = await session.get_one(Row, whole[0])
        rest = after(select(col(Row.id)), columns, (row.created_at, row.id), descending=(True, False))
        assert list(await session.scalars(rest)) == whole[1:]


def test_a_cursor_keeps_the_types_of_its_keys() -> None:
    keys = (clock.now(), uuid7(), 3, 0.5, "ü")
    assert keys_of(NEWEST, cursor_of(NEWEST, *keys)) == keys
    assert keys_of(NEWEST, None) is None


@pytest.mark.parametrize("cursor", ["x", "Ω", "A" * 40, "....", cursor_of("other:list", 1)])
def test_a_cursor_that_we_did_not_give_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor) as error:
        keys_of(NEWEST, cursor)
    assert (error.value.status, set(error.value.fields)) == (422, {"cursor"})


def test_a_cursor_changed_by_one_letter_is_refused() -> None:
    cursor = cursor_of(NEWEST, 100)
    for place in range(len(cursor) - 1):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(BadCursor):
            keys_of(NEWEST, changed)


async def test_a_list_names_its_next_page_in_a_header(tmp_path: Path) -> None:
    @get("/api/v1/numbers", guards=[pages.public], sync_to_thread=False, opt={"reads": ("q",)})
    def numbers(request: Request[Any, Any, Any], limit: Limit = 2, cursor: Cursor = None) -> Response[Page[int]]:
        (start,) = keys_of("numbers", cursor) or (0,)
        rows = list(range(start + 1, 6))[: limit + 1]
        return linked(request, page_of(rows, limit, "numbers", lambda row: (row,), lambda row: row))

    async with browser(small_app(tmp_path, [numbers]), Accept="application/json") as client:
        address, seen = "/api/v1/numbers?limit=2&q=a%26b", []
        while address:
            answer = await client.get(address)
            seen += answer.json()["items"]
            address = answer.links.get("next", {}).get("url", "")
            assert ("q=a%26b" in address) == bool(address)
        assert seen == [1, 2, 3, 4, 5]
        assert (await client.get("/api/v1/numbers?limit=101")).status_code == 422
        refused = await client.get("/api/v1/numbers?cursor=x")
        assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["field"]) == (422, "bad_cursor", "cursor")
