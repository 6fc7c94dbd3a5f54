"""What the checkout's form sends."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from marvec.orders.schemas import Delivery, Handover, Line

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class SeenLine(BaseModel):
    """A line as the buyer saw it on the form; `unit_price` in rupiah."""

    listing_id: UUID
    quantity: int = Field(ge=1, le=10_000)
    unit_price: int = Field(ge=0)


class Checkout(BaseModel):
    """`saved`: one of the buyer's addresses instead of the free fields. `keep`: save what was written in them."""

    lines: list[SeenLine] = Field(min_length=1, max_length=50)
    kind: Handover = Handover.PICKUP
    address: Text = ""
    kelurahan_code: str = Field("", max_length=13)
    saved: UUID | None = None
    keep: bool = False
    note: Text = ""
    client_key: str = Field(min_length=8, max_length=64)

    def wanted(self) -> list[Line]:
        return [Line(line.listing_id, line.quantity, line.unit_price) for line in self.lines]

    def delivery(self) -> Delivery:
        """As written in the free fields; who picks up has nothing brought anywhere, whatever stands in them."""
        if self.kind is not Handover.COURIER:
            return Delivery(self.kind, note=self.note)
        return Delivery(self.kind, self.address, self.kelurahan_code, self.note)
