"""Entries of the register."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from common.db import Table, id_field, utc_field


class Birth(Table, table=True):
    """One registered birth; `facts` is the sealed JSON of what was registered. `number`: 7371-LU-{day}{month}{year}-{serial}.

    `mother`, `born`, `child` (name and day) and `family` are keyed hashes: equal ones can be found, and nothing can be read from them. An
    entry whose certificate was revoked is `cancelled_at` some moment when the child is registered anew. A child has one that holds.
    """

    __tablename__ = "births"

    id: UUID = id_field()
    number: str = Field(unique=True)
    application_id: UUID = Field(unique=True, foreign_key="applications.id")
    facts: bytes = Field(sa_type=LargeBinary)
    mother: bytes | None = Field(default=None, sa_type=LargeBinary)
    born: bytes | None = Field(default=None, sa_type=LargeBinary)
    birth_order: int | None = Field(default=None)
    child: bytes | None = Field(default=None, sa_type=LargeBinary)
    family: bytes | None = Field(default=None, sa_type=LargeBinary)
    registered_by: UUID
    registered_at: datetime = utc_field(default_now=True)
    cancelled_at: datetime | None = utc_field(nullable=True)


class Comparison(Table, table=True):
    """An officer's word on two entries that look alike: the same child, or another one. It is about the `child` as it was then."""

    __tablename__ = "birth_comparisons"

    id: UUID = id_field()
    application_id: UUID = Field(foreign_key="applications.id")
    birth_id: UUID = Field(foreign_key="births.id")
    child: bytes = Field(sa_type=LargeBinary)
    same: bool
    reason: str
    decided_by: UUID
    decided_at: datetime = utc_field(default_now=True)


class RegisterNumber(Table, table=True):
    """The last number given in a register's year; its row lock makes the series gap-free."""

    __tablename__ = "register_numbers"

    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int
