"""The cart and its lines."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.db import Table, id_field, utc_field


class Cart(Table, table=True):
    """One per person, or one per browser's token (kept as a hash); exactly one of both is set."""

    __tablename__ = "carts"

    id: UUID = id_field()
    person_id: UUID | None = Field(default=None, unique=True)
    token_hash: str | None = Field(default=None, unique=True)
    touched_at: datetime = utc_field(default_now=True)


class CartLine(Table, table=True):
    """`seen_price`: rupiah a unit, when it was put in."""

    __tablename__ = "cart_lines"

    cart_id: UUID = Field(primary_key=True, foreign_key="carts.id")
    listing_id: UUID = Field(primary_key=True)
    quantity: int
    seen_price: int = Field(sa_type=BigInteger)
    added_at: datetime = utc_field(default_now=True)
