"""Tables of orders: groups, orders, lines, what went back to the buyer, complaints. The tables of moves stand in `machine.py`."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field
from common.states import Moves, Moving
from marvec.orders.machine import (
    AFTER_NEEDED,
    CURRENT,
    DISPUTES_1,
    Complaint,
    DisputeState,
    Handover,
    OrderState,
    Party,
    Step,
    as_moves,
    steps_from,
    timer_of,
)


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
    """What one buyer has bought from one seller. In rupiah: `refunded` is what went back to the buyer, the sum of its `Refund` rows, `lost`
    what a bank took back.

    `pay_by`: unpaid until then, it expires. `frozen_at`: since when the bank disputes the payment; until it has decided nothing moves, and
    time stands still. `paused_seconds`: for how long it stood still in the present state.
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
    pay_by: datetime = utc_field()

    @property
    def left(self) -> int:
        """What can still go back to the buyer, in rupiah."""
        return max(0, self.total - self.refunded - self.lost)

    def may_move_to(self, new: StrEnum) -> bool:
        """By the version that this order began with."""
        return any(step.new == new for step in self.steps())

    def steps(self) -> list[Step]:
        """What may come next; `only` steps of the other kind of delivery are left out."""
        return [step for step in steps_from(self.machine, self.state) if step.only in (None, self.handover)]

    def deadline(self) -> datetime | None:
        """When time moves this order by itself. What is needed on a day is waited for until some days after it."""
        step = timer_of(self.machine, self.state)
        if step is None or step.after is None or self.frozen_at is not None:
            return None
        if self.state is OrderState.PLACED:
            return self.pay_by
        end = self.moved_at + step.after + self.paused
        return max(end, self.needed_at + AFTER_NEEDED) if self.state is OrderState.ACCEPTED and self.needed_at else end

    @property
    def paused(self) -> timedelta:
        """For how long time stood still in the present state."""
        return timedelta(seconds=self.paused_seconds)


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


class OrderRefund(Table, table=True):
    """Money of an order that went back to its buyer, in rupiah; never changed. `made_by` None: the house. `client_key` makes a second
    press harmless."""

    __tablename__ = "order_refunds"

    id: UUID = id_field()
    order_id: UUID = Field(foreign_key="orders.id", index=True)
    amount: int = Field(sa_type=BigInteger)
    reason: str
    made_by: UUID | None = None
    made_at: datetime = utc_field(default_now=True)
    client_key: str | None = None


class OrderDispute(Moving, table=True):
    """A buyer's complaint about an order, at most one. Without an answer by `answer_by` the buyer gets the money back, without a decision
    by `decide_by` as well; an order that began on `orders/1` has no such ends. `offered`: what the seller would give back, in rupiah."""

    __tablename__ = "order_disputes"
    MOVES: ClassVar[Moves] = DISPUTES_1

    id: UUID = id_field()
    order_id: UUID = Field(foreign_key="orders.id", unique=True)
    reason: Complaint = enum_field(Complaint)
    offered: int | None = Field(default=None, sa_type=BigInteger)
    answer_by: datetime | None = utc_field(nullable=True)
    decide_by: datetime | None = utc_field(nullable=True)
    opened_at: datetime = utc_field(default_now=True)
    machine: str = "disputes/1"
    state: DisputeState = enum_field(DisputeState, DisputeState.OPEN)

    @property
    def is_open(self) -> bool:
        return self.state in DISPUTES_1


class DisputeStatement(Table, table=True):
    """What one side says in a dispute; never changed."""

    __tablename__ = "order_dispute_statements"

    id: UUID = id_field()
    dispute_id: UUID = Field(foreign_key="order_disputes.id", index=True)
    author_id: UUID
    side: Party = enum_field(Party)
    words: str
    said_at: datetime = utc_field(default_now=True)


class DisputePicture(Table, table=True):
    """A picture that belongs to a statement: a file of the purpose `dispute`."""

    __tablename__ = "order_dispute_pictures"

    file_id: UUID = Field(primary_key=True)
    statement_id: UUID = Field(foreign_key="order_dispute_statements.id", index=True)
    place: int
