"""What comes in and what goes out about offers."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from common.money import LARGEST
from marvec.offers.models import OfferState
from marvec.orders.schemas import Delivery, Handover, Rupiah

if TYPE_CHECKING:
    from marvec.offers.models import Offer

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Terms(BaseModel):
    """What an offer says; `unit_price` in rupiah. A courier's address may wait until the buyer accepts."""

    listing_id: UUID
    quantity: int = Field(ge=1, le=10_000)
    unit_price: Rupiah = Field(ge=1, le=LARGEST)
    handover: Handover = Handover.PICKUP
    address: Text = ""
    kelurahan_code: str = Field("", max_length=13)
    needed_at: AwareDatetime | None = None
    note: Text = ""
    expires_at: AwareDatetime | None = None


class Acceptance(BaseModel):
    """Where the courier goes, when the terms do not say so."""

    address: Text = ""
    kelurahan_code: str = Field("", max_length=13)

    def delivery_of(self, offer: "Offer") -> Delivery:
        return Delivery(
            kind=Handover(offer.handover),
            address=self.address or offer.address,
            kelurahan_code=self.kelurahan_code or offer.kelurahan_code,
            note=offer.note,
        )


class Decline(BaseModel):
    because: Text = ""


class OfferOut(BaseModel):
    """`total` and `unit_price` in rupiah; `author_id` made it, the other side answers."""

    id: UUID
    conversation_id: UUID
    state: OfferState
    author_id: UUID
    buyer_id: UUID
    seller_id: UUID
    listing_id: UUID
    title: str
    unit: str
    quantity: int
    unit_price: int
    total: int
    handover: Handover
    needed_at: datetime | None
    note: str
    counters_id: UUID | None
    expires_at: datetime
    created_at: datetime

    @classmethod
    def of(cls, offer: "Offer") -> "OfferOut":
        return cls(**offer.model_dump(include=set(cls.model_fields) - {"total"}), total=offer.total)


class AcceptedOut(BaseModel):
    """The order that an accepted offer became, and the intent that pays for it."""

    offer_id: UUID
    group_id: UUID
    intent_id: UUID
    order_id: UUID
    reference: str
    total: int
