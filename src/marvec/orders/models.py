"""Tables of orders. The table of moves stands in `machine.py`."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field
from common.states import Moves, Moving
from marvec.orders.machine import CURRENT, Handover, OrderState, Step, as_moves, steps_from, timer_of


class OrderGroup(Table, table=True):
    """One checkout. Its state is that of its orders, never a column. `client_key` makes a double submit harmless."""

    __tablename__ = "order_groups"

    id: UUID = id_field()
    buyer_id: UUID
    client_key: str
    total: int = Field(sa_type=BigInteger)
    intent_id: UUID
    created_at: datetime = utc_field(default_now=True)
    money_at: datetime | None = utc_field(nullable=True)  # the money came, and was held or given back: once


class Order(Moving, table=True):
    """What one buyer has bought from one seller. `refunded` is what went back to the buyer, `lost` what a bank took back, in rupiah.

    `frozen_at`: since when the bank disputes the payment; until it has decided nothing moves, and time stands still. `paused_seconds`:
    for how long it stood still in the present state.
    """

    __tablename__ = "orders"
    MOVES: ClassVar[Moves] = as_moves(CURRENT)

    id: UUID = id_field()
    reference: str = Field(unique=True)
    group_id: UUID = Field(foreign_key="order_groups.id", index=True)
    buyer_id: UUID
    seller_id: UUID
    storefront_id: UUID
    offer_id: UUID | None = Field(default=None, unique=True)
    machine: str = CURRENT
    state: OrderState = enum_field(OrderState, OrderState.PLACED)
    total: int = Field(sa_type=BigInteger)
    commission: int = Field(sa_type=BigInteger)
    refunded: int = Field(default=0, sa_type=BigInteger)
    lost: int = Field(default=0, sa_type=BigInteger)
    frozen_at: datetime | None = utc_field(nullable=True)
    paused_seconds: int = 0
    handover: Handover = enum_field(Handover)
    address: str = ""
    kelurahan_code: str = ""
    note: str = ""
    needed_at: datetime | None = utc_field(nullable=True)
    created_at: datetime = utc_field(default_now=True)

    def may_move_to(self, new: StrEnum) -> bool:
        """By the version that this order began with."""
        return any(step.new == new for step in self.steps())

    def steps(self) -> list[Step]:
        """What may come next; `only` steps of the other kind of delivery are left out."""
        return [step for step in steps_from(self.machine, self.state) if step.only in (None, self.handover)]

    def deadline(self) -> datetime | None:
        """When time moves this order by itself."""
        step = timer_of(self.machine, self.state)
        if step is None or step.after is None or self.frozen_at is not None:
            return None
        return self.moved_at + step.after + timedelta(seconds=self.paused_seconds)


class OrderLine(Table, table=True):
    """Title, unit, price and commission as they were at the sale: never looked up again."""

    __tablename__ = "order_lines"

    id: UUID = id_field()
    order_id: UUID = Field(foreign_key="orders.id")
    listing_id: UUID
    title: str
    unit: str
    quantity: int
    unit_price: int = Field(sa_type=BigInteger)
    commission_bps: int
    commission_base: int = Field(sa_type=BigInteger)
    commission: int = Field(sa_type=BigInteger)
