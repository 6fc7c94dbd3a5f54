"""Stock. One plpgsql function changes it: a guarded UPDATE per row, in id order, all or nothing, in one round trip.

`change_stock` is the form for hot paths that hold an asyncpg connection; inside another plpgsql function, call the SQL function of
the same name. The table's CHECK stays the last word.
"""

from collections.abc import Mapping
from typing import NoReturn
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from marvec.listings import queries
from marvec.listings.errors import ListingChanged, NotReserved, OutOfStock
from marvec.listings.models import ListingStock
from marvec.listings.service.describing import managed

Wants = Mapping[UUID, int]
RESERVE, UNRESERVE, TAKE = (0, 1), (0, -1), (-1, -1)
"""How one piece changes (`on_hand`, `reserved`)."""

CHANGE = "SELECT short_id, short_free FROM change_stock($1::uuid[], $2::integer[], $3, $4)"


async def reserve(session: AsyncSession, wants: Wants) -> None:
    """Promise `wants` (listing id -> pieces, each at least 1), all or none. Raises OutOfStock(left, listing_id)."""
    if short := await _change(session, wants, RESERVE):
        _out_of_stock(short)


async def unreserve(session: AsyncSession, wants: Wants) -> None:
    """Give promised pieces back. Raises NotReserved when fewer are promised."""
    if short := await _change(session, wants, UNRESERVE):
        raise NotReserved(listing_id=short[0], left=short[1])


async def take(session: AsyncSession, wants: Wants) -> None:
    """Promised pieces leave the shop: sold. Raises NotReserved when fewer are promised."""
    if short := await _change(session, wants, TAKE):
        raise NotReserved(listing_id=short[0], left=short[1])


async def change_stock(connection: asyncpg.Connection, wants: Wants, step: tuple[int, int]) -> None:
    """The same on an asyncpg connection, within the caller's transaction; `step` is RESERVE, UNRESERVE or TAKE. Raises OutOfStock."""
    row = await connection.fetchrow(CHANGE, list(wants), list(wants.values()), *step)
    if row is not None:
        _out_of_stock((row["short_id"], row["short_free"]))


async def restock(session: AsyncSession, actor: Actor, listing_id: UUID, *, free: int) -> ListingStock:
    """Say how many pieces are still for sale; what is promised to orders stays promised and is counted on top."""
    await managed(session, actor, listing_id)
    await session.execute(
        text("UPDATE listing_stock SET on_hand = reserved + :free WHERE listing_id = :listing_id"), {"free": free, "listing_id": listing_id}
    )
    found = await queries.stock_of(session, [listing_id])
    if listing_id not in found:
        raise ListingChanged
    return found[listing_id]


async def _change(session: AsyncSession, wants: Wants, step: tuple[int, int]) -> tuple[UUID, int] | None:
    statement = text("SELECT short_id, short_free FROM change_stock(:ids, :pieces, :on_hand, :reserved)")
    given = {"ids": list(wants), "pieces": list(wants.values()), "on_hand": step[0], "reserved": step[1]}
    row = (await session.execute(statement, given)).first()
    return None if row is None else (row.short_id, row.short_free)


def _out_of_stock(short: tuple[UUID, int]) -> NoReturn:
    raise OutOfStock(listing_id=short[0], left=short[1])
