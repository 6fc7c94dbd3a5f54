"""What comes in and what goes out."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StringConstraints

from common.i18n import rupiah
from common.money import LARGEST
from marvec.listings.schemas import written_as_people_write
from marvec.orders.errors import PartOutOfRange
from marvec.orders.machine import Complaint, DisputeState, Handover, OrderState, Party
from marvec.orders.wishes import Delivery, Line

if TYPE_CHECKING:
    from marvec.orders.models import Order

__all__ = ["Delivery", "Handover", "Line"]
Rupiah = Annotated[int, BeforeValidator(written_as_people_write)]
"""`7.000` from a form is seven thousand."""
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


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
    refund: Rupiah = Field(0, ge=0, description="rupiah, when an operator settles a dispute in part")


class RefundPart(BaseModel):
    """A part of the money that the seller gives back; `client_key` is chosen by the client: the same key gives the same refund."""

    amount: Rupiah = Field(gt=0, le=LARGEST, description="rupiah")
    reason: Reason
    client_key: str = Field(min_length=8, max_length=64)


class OpenDispute(BaseModel):
    reason: Complaint
    words: Words


class Say(BaseModel):
    """More of one side in a dispute; `offer` is what a seller would give back, in rupiah."""

    words: Words
    offer: Rupiah = Field(0, ge=0, le=LARGEST)


class Agree(BaseModel):
    """`offered`: the offer that the buyer was shown, in rupiah."""

    offered: int = Field(gt=0)


class Outcome(StrEnum):
    SELLER = "seller"
    PART = "part"
    BUYER = "buyer"


class Decide(BaseModel):
    """An operator's decision. `refund` (rupiah) goes with `part`; `seen` is the dispute's word for what the operator has read."""

    outcome: Outcome
    refund: Rupiah = Field(0, ge=0, le=LARGEST)
    reason: Reason
    seen: str = Field(min_length=1, max_length=80)

    def as_step(self, left: int) -> tuple[OrderState, int]:
        """Where the order goes, and what goes back to the buyer with it. Raises PartOutOfRange."""
        if self.outcome is Outcome.BUYER:
            return OrderState.CANCELLED, 0
        if self.outcome is Outcome.SELLER:
            return OrderState.COMPLETED, 0
        if not 0 < self.refund < left:
            raise PartOutOfRange("refund", rupiah(left))
        return OrderState.COMPLETED, self.refund


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


class RefundOut(BaseModel):
    """Rupiah that went back to the buyer. `by` is None for the house itself; `reason` is empty when a step says it."""

    amount: int
    at: datetime
    by: Party | None
    reason: str


class StatementOut(BaseModel):
    """What one side says in a dispute; `pictures` are files."""

    side: Party
    words: str
    at: datetime
    pictures: list[UUID]


class DisputeOut(BaseModel):
    """A complaint. `answer_by`: without an answer until then the buyer gets the money back; `decide_by`: without a decision as well.

    `seen` names what the reader knows of it: a decision is bound to that.
    """

    state: DisputeState
    reason: Complaint
    opened_at: datetime
    answer_by: datetime | None
    decide_by: datetime | None
    offered: int | None
    statements: list[StatementOut]
    seen: str


class StepOut(BaseModel):
    """A move that the reader may make now; `label` is the button's, in the reader's language; `explained`: it needs a reason."""

    to: OrderState
    label: str
    explained: bool = False


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
    for the whole group. `frozen_at`: since when a bank disputes the payment; there are no steps then.

    `refundable`: what the reader may give back now, in rupiah; 0 for all but the seller.
    """

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
    refunds: list[RefundOut]
    refundable: int
    dispute: DisputeOut | None
