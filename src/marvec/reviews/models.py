"""The review. What was written and shown stands: a trigger refuses any change (migration 0014)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field


class Side(StrEnum):
    """Who wrote it. Only a buyer's counts for a shop; a seller's is read by the two alone."""

    BUYER = "buyer"
    SELLER = "seller"


class Review(Table, table=True):
    """What one of the two says of the other after order `order_id`. `shown_at` is the one truth of its being public: NULL is blind."""

    __tablename__ = "reviews"

    id: UUID = id_field()
    order_id: UUID = Field(foreign_key="orders.id")
    storefront_id: UUID = Field(foreign_key="storefronts.id")
    side: Side = enum_field(Side)
    author_id: UUID
    about_id: UUID
    stars: int
    words: str = ""
    written_at: datetime = utc_field(default_now=True)
    shown_at: datetime | None = utc_field(nullable=True)
    answer: str = ""
    answered_at: datetime | None = utc_field(nullable=True)
    hidden_at: datetime | None = utc_field(nullable=True)
    hidden_by: UUID | None = None
    hidden_because: str = ""

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        return self.side is Side.BUYER and self.shown_at is not None and self.hidden_at is None
