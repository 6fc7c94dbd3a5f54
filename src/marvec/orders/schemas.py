"""What comes in and what goes out."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from marvec.orders.machine import Handover, OrderState, Party
from marvec.orders.wishes import Delivery, Line

__all__ = ["Delivery", "Handover", "Line"]


class LineIn(BaseModel):
    listing_id: UUID
    quantity: int = Field(ge=1, le=10_000)
    unit_price: int = Field(ge=0, description="rupiah a unit, as the buyer saw it")


class DeliveryIn(BaseModel):
    kind: Handover = Handover.PICKUP
    address: str = Field("", max_length=500)
    kelurahan_code: str = Field("", max_length=13)
    note: str = Field("", max_length=500)


class PlaceOrders(BaseModel):
    lines: list[LineIn] = Field(min_length=1, max_length=50)
    delivery: DeliveryIn = DeliveryIn()
    client_key: str = Field(min_length=8, max_length=64, description="chosen by the client; the same key gives the same group")
    needed_at: datetime | None = None


class MoveOrder(BaseModel):
    to: OrderState
    note: str = Field("", max_length=500)
    refund: int = Field(0, ge=0, description="rupiah, when an operator settles a dispute in part")


class GroupOut(BaseModel):
    id: UUID
    total: int
    intent_id: UUID
    order_ids: list[UUID]


class LineOut(BaseModel):
    listing_id: UUID
    title: str
    unit: str
    quantity: int
    unit_price: int


class MoveOut(BaseModel):
    to: OrderState
    at: datetime
    by: Party
    note: str


class StepOut(BaseModel):
    """A move that the reader may make now."""

    to: OrderState
    label: str


class OrderRow(BaseModel):
    """An order in a list."""

    id: UUID
    reference: str
    state: OrderState
    total: int
    buyer_id: UUID
    seller_id: UUID
    storefront_id: UUID
    created_at: datetime
    moved_at: datetime
    deadline: datetime | None


class OrderOut(OrderRow):
    """An order in full, as one of its parties sees it. `refunded` in rupiah; `intent_id` pays for the whole group."""

    group_id: UUID
    intent_id: UUID
    refunded: int
    handover: Handover
    address: str
    kelurahan_code: str
    note: str
    needed_at: datetime | None
    lines: list[LineOut]
    history: list[MoveOut]
    steps: list[StepOut]
