"""Tables of goods: the listing, its stock, its pictures."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field
from common.states import Moves, Moving

MOST_PICTURES = 8


class ListingState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"


class Listing(Moving, table=True):
    """One thing on offer. `price` in whole rupiah for one `unit`; `lead_minutes` from order to ready; `seller_id` is the shop's owner.

    `good` is its name on the city's list of goods, `-` where its seller says that it is none, None where nobody knows. With the category it
    says `needs_credential`, the kind of credential without which it may not be shown. `version` counts edits.
    `held_because`: held back for this reason; it cannot be published before that is lifted. `shown_when_held`: it then is shown again.
    `cleared` is the fingerprint of the words that an operator looked at and found in order: other words are judged anew.
    """

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("lead_minutes >= 0", name="lead_not_negative"),
        CheckConstraint("held_because IS NOT NULL OR NOT shown_when_held", name="shown_when_held_is_held"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_once_known"),
    )
    MOVES: ClassVar[Moves] = {
        ListingState.DRAFT: frozenset({ListingState.PUBLISHED}),
        ListingState.PUBLISHED: frozenset({ListingState.PAUSED}),
        ListingState.PAUSED: frozenset({ListingState.PUBLISHED}),
    }

    id: UUID = id_field()
    storefront_id: UUID = Field(foreign_key="storefronts.id", index=True)
    seller_id: UUID = Field(index=True)
    title: str
    description: str = ""
    category: str
    unit: str
    price: int = Field(sa_type=BigInteger)
    lead_minutes: int = 0
    kelurahan_code: str
    lat: float
    lon: float
    good: str | None = None
    needs_credential: str | None = None
    held_because: str | None = None
    shown_when_held: bool = False
    cleared: str | None = None
    state: ListingState = enum_field(ListingState, ListingState.DRAFT)
    machine: str = "listings/1"
    version: int = 1
    created_at: datetime = utc_field(default_now=True)
    published_at: datetime | None = utc_field(nullable=True)


class ListingStock(Table, table=True):
    """Pieces of a listing: `on_hand` in the shop, `reserved` of them promised. Changed by `change_stock` (SQL) only."""

    __tablename__ = "listing_stock"
    __table_args__ = (CheckConstraint("0 <= reserved AND reserved <= on_hand", name="reserved_within_on_hand"),)

    listing_id: UUID = Field(primary_key=True, foreign_key="listings.id")
    on_hand: int
    reserved: int = 0

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved


class ListingPicture(Table, table=True):
    """The `place`-th picture (from 0) of a listing: a file of purpose `listing-picture`."""

    __tablename__ = "listing_pictures"
    __table_args__ = (
        CheckConstraint(f"place BETWEEN 0 AND {MOST_PICTURES - 1}", name="at_most_eight"),
        UniqueConstraint("listing_id", "place", name="uq_listing_pictures_listing_id_place", deferrable=True, initially="DEFERRED"),
    )

    file_id: UUID = Field(primary_key=True)
    listing_id: UUID = Field(foreign_key="listings.id")
    place: int
