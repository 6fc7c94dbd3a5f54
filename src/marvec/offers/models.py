"""The offer and the table of its moves."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.db import enum_field, id_field, utc_field
from common.states import Moves, Moving


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"  # by the other side
    COUNTERED = "countered"  # by the other side, with terms of their own
    WITHDRAWN = "withdrawn"  # by its author
    EXPIRED = "expired"  # by time


class Offer(Moving, table=True):
    """Terms that one side puts to the other. `counters_id` names the offer that this one answers: at most one counter an offer."""

    __tablename__ = "offers"
    MOVES: ClassVar[Moves] = {OfferState.OPEN: frozenset(OfferState) - {OfferState.OPEN}}

    id: UUID = id_field()
    conversation_id: UUID = Field(index=True)
    subject_kind: str
    subject_id: UUID | None = None
    author_id: UUID
    buyer_id: UUID
    seller_id: UUID
    listing_id: UUID
    title: str
    unit: str
    quantity: int
    unit_price: int = Field(sa_type=BigInteger)
    handover: str
    address: str = ""
    kelurahan_code: str = ""
    needed_at: datetime | None = utc_field(nullable=True)
    note: str = ""
    counters_id: UUID | None = Field(default=None, foreign_key="offers.id", unique=True)
    expires_at: datetime = utc_field()
    created_at: datetime = utc_field(default_now=True)
    machine: str = "offers/1"
    state: OfferState = enum_field(OfferState, OfferState.OPEN)

    @property
    def total(self) -> int:
        """Rupiah."""
        return self.quantity * self.unit_price

    @property
    def other_id(self) -> UUID:
        """Whose word is awaited."""
        return self.seller_id if self.author_id == self.buyer_id else self.buyer_id
