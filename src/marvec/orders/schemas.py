"""What comes in and what goes out."""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from marvec.orders.machine import Handover, OrderState, Party
from marvec.orders.wishes import Delivery, Line

if TYPE_CHECKING:
    from marvec.orders.models import Order

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
    needed_at: AwareDatetime | None = None

    def wanted(self) -> list[Line]:
        return [Line(line.listing_id, line.quantity, line.unit_price) for line in self.lines]

    def where(self) -> Delivery:
        return Delivery(**self.delivery.model_dump())


class MoveOrder(BaseModel):
    to: OrderState
    note: str = Field("", max_length=500)
    refund: int = Field(0, ge=0, description="rupiah, when an operator settles a dispute in part")


class HandInEvidence(BaseModel):
    """What a seller has to say to the buyer's bank."""

    words: str = Field(min_length=5, max_length=5000)


class GroupOut(BaseModel):
    """What a checkout became: `intent_id` pays for all `orders`; `total` in rupiah."""

    id: UUID
    total: int
    intent_id: UUID
    orders: list["Placed"]


class Placed(BaseModel):
    id: UUID
    reference: str
    storefront_id: UUID
    total: int


class WeekOfSales(NamedTuple):
    """One week of a shop, from its Monday; `earned` in rupiah, what was given back taken off."""

    monday: date
    earned: int
    orders: int


class BestGoods(NamedTuple):
    """What goods of one title earned in a shop, in rupiah, and how many units of them were sold."""

    title: str
    earned: int
    pieces: int
    unit: str


class Finished(NamedTuple):
    """A completed order, as those see it who say a word on it."""

    id: UUID
    reference: str
    storefront_id: UUID
    buyer_id: UUID
    seller_id: UUID
    total: int
    completed_at: datetime


class LineOut(BaseModel):
    listing_id: UUID
    title: str
    unit: str
    quantity: int
    unit_price: int


class MoveOut(BaseModel):
    """A move of the past. `by` is None for the house itself (a timer, the payment)."""

    to: OrderState
    at: datetime
    by: Party | None
    note: str


class StepOut(BaseModel):
    """A move that the reader may make now; `label` is the button's, in the reader's language."""

    to: OrderState
    label: str


class OrderRow(BaseModel):
    """An order in a list. `deadline`: when time moves it by itself."""

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

    @classmethod
    def of(cls, order: "Order") -> "OrderRow":
        return cls(**order.model_dump(include=set(OrderRow.model_fields) - {"deadline"}), deadline=order.deadline())


class OrderOut(OrderRow):
    """An order in full, as one of its parties sees it. `refunded` and `lost` (taken back by the buyer's bank) in rupiah; `intent_id` pays
    for the whole group. `frozen_at`: since when a bank disputes the payment; there are no steps then."""

    group_id: UUID
    intent_id: UUID
    refunded: int
    lost: int
    frozen_at: datetime | None
    handover: Handover
    address: str
    kelurahan_code: str
    note: str
    needed_at: datetime | None
    lines: list[LineOut]
    history: list[MoveOut]
    steps: list[StepOut]
    viewer: list[Party]
