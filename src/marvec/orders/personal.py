"""What orders keep of a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import personal
from common.i18n import ngettext
from common.personal import Hindrance
from marvec.orders import queries
from marvec.orders.machine import Handover
from marvec.orders.models import Order

BOUGHT = {"reference", "state", "total", "refunded", "handover", "address", "kelurahan_code", "note", "needed_at", "created_at"}
SOLD = {"reference", "state", "total", "refunded", "commission", "created_at"}
FORGOTTEN = "-"  # a courier's order must name some address, says the database


@personal.exports("pesanan")
async def orders(session: AsyncSession, person_id: UUID) -> Any:
    """Bought with all details; sold without the buyers' addresses, which are not the seller's own data."""
    bought, sold = await queries.all_bought(session, person_id), await queries.all_sold(session, person_id)
    lines = await queries.lines_of(session, [order.id for order in bought])
    return {
        "bought": [
            order.model_dump(include=BOUGHT)
            | {
                "lines": [
                    line.model_dump(include={"title", "quantity", "unit", "unit_price"}) for line in lines if line.order_id == order.id
                ]
            }
            for order in bought
        ],
        "sold": [order.model_dump(include=SOLD) for order in sold],
        "said_in_disputes": [
            one.model_dump(include={"side", "words", "said_at"}) for one in await queries.statements_by(session, person_id)
        ],
    }


@personal.hinders("marvec.orders")
async def under_way(session: AsyncSession, person_id: UUID) -> Sequence[Hindrance]:
    bought, sold = await queries.count_under_way(session, person_id)
    found = []
    if bought:
        words = ngettext("%(n)s pesanan Anda masih berjalan", "%(n)s pesanan Anda masih berjalan", bought)
        found.append(Hindrance(words, "/pesanan"))
    if sold:
        words = ngettext("%(n)s pesanan masuk belum selesai", "%(n)s pesanan masuk belum selesai", sold)
        found.append(Hindrance(words, "/toko-saya/pesanan"))
    return found


@personal.forgets("marvec.orders")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    """Where things were brought to, and what was asked; what was bought for how much belongs to the ledger."""
    bought = update(Order).where(col(Order.buyer_id) == person_id)
    await session.execute(bought.values(note=""))
    await session.execute(bought.where(col(Order.handover) == Handover.COURIER).values(address=FORGOTTEN))
