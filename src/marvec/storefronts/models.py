"""The shop's row and the table of its moves."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field
from common.states import Moves, Moving


class StorefrontState(StrEnum):
    OPEN = "open"
    PAUSED = "paused"  # by its owner: a holiday
    SUSPENDED = "suspended"  # by an operator: rules broken


class Storefront(Moving, table=True):
    """One shop. `lat`, `lon` in degrees (WGS 84); `version` counts edits, for people who edit at the same time."""

    __tablename__ = "storefronts"
    MOVES: ClassVar[Moves] = {
        StorefrontState.OPEN: frozenset({StorefrontState.PAUSED, StorefrontState.SUSPENDED}),
        StorefrontState.PAUSED: frozenset({StorefrontState.OPEN, StorefrontState.SUSPENDED}),
        StorefrontState.SUSPENDED: frozenset({StorefrontState.OPEN}),
    }

    id: UUID = id_field()
    owner_id: UUID = Field(index=True)
    slug: str = Field(unique=True)
    name: str
    about: str = ""
    kelurahan_code: str
    lat: float
    lon: float
    state: StorefrontState = enum_field(StorefrontState, StorefrontState.OPEN)
    machine: str = "storefronts/1"
    version: int = 1
    created_at: datetime = utc_field(default_now=True)

    @property
    def is_open(self) -> bool:
        return self.state == StorefrontState.OPEN


class StorefrontRating(Table, table=True):
    """What a shop's public reviews amount to: how many, and the sum of their stars. Kept by a trigger on reviews (migration 0014), in the
    commit that shows or hides one; read only. No row is no review.
    """

    __tablename__ = "storefront_ratings"

    storefront_id: UUID = Field(primary_key=True, foreign_key="storefronts.id")
    reviews: int = Field(sa_type=BigInteger)
    stars: int = Field(sa_type=BigInteger)
