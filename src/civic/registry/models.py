"""Entries of the register."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from common.db import Table, id_field, utc_field


class Birth(Table, table=True):
    """One registered birth; `facts` is the sealed JSON of what was registered. `number`: 7371-LU-{day}{month}{year}-{serial}."""

    __tablename__ = "births"

    id: UUID = id_field()
    number: str = Field(unique=True)
    application_id: UUID = Field(unique=True, foreign_key="applications.id")
    facts: bytes = Field(sa_type=LargeBinary)
    registered_by: UUID
    registered_at: datetime = utc_field(default_now=True)


class RegisterNumber(Table, table=True):
    """The last number given in a register's year; its row lock makes the series gap-free."""

    __tablename__ = "register_numbers"

    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int
