"""What a buyer wants, as the verbs receive it."""

from dataclasses import dataclass
from uuid import UUID

from marvec.orders.machine import Handover


@dataclass(frozen=True, slots=True)
class Line:
    """A listing, how many of it, and the price (rupiah a unit) that the buyer saw."""

    listing_id: UUID
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """`address` and `kelurahan_code` belong to a courier; a pickup needs neither. What the courier costs is agreed with the seller."""

    kind: Handover = Handover.PICKUP
    address: str = ""
    kelurahan_code: str = ""
    note: str = ""
