"""The stream of every channel that has no store of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common.db import Table, id_field, utc_field


class LiveChannel(Table, table=True):
    """The last offset given in a channel. Its row lock, held until COMMIT, is what makes offsets gap-free and ordered as committed."""

    __tablename__ = "live_channels"

    channel: str = Field(sa_type=Text, primary_key=True)
    last_offset: int = Field(sa_type=BigInteger)


class LiveEnding(Table, table=True):
    """A key that ended (`kind` key), or who lost a role (person): written by the database itself (migration 0022), kept for a day."""

    __tablename__ = "live_endings"

    id: UUID = id_field()
    kind: str = Field(sa_type=Text)
    ended: UUID
    at: datetime = utc_field(index=True)


class LivePublication(Table, table=True):
    """One publication; kept for a week and at most a thousand a channel (see `jobs.py`)."""

    __tablename__ = "live_publications"

    channel: str = Field(sa_type=Text, primary_key=True)
    offset: int = Field(sa_type=BigInteger, primary_key=True)
    data: Any = Field(sa_column=Column(JSONB, nullable=False))
    at: datetime = utc_field(index=True)
