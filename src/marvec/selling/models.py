"""Limits and appeals. Levels are read from what identity knows, never stored."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field
from common.states import Moves, Moving

MACHINE = "selling_appeals/1"


class SellingLimit(Table, table=True):
    """What a level may sell a month, in rupiah, from `valid_from` up to but not on `valid_until`. A level without a row has no limit."""

    __tablename__ = "selling_limits"

    level: int = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_until: date | None = Field(default=None)
    monthly: int = Field(sa_type=BigInteger)


class AppealState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"  # `monthly` rupiah a month, up to and on `valid_until`
    REFUSED = "refused"


class Appeal(Moving, table=True):
    """One person's plea to sell more; at most one is open at a time. The reason of the decision is `moved_because`."""

    __tablename__ = "selling_appeals"
    __table_args__ = (Index("uq_selling_appeals_open", "person_id", unique=True, postgresql_where=text("state = 'open'")),)
    MOVES: ClassVar[Moves] = {AppealState.OPEN: frozenset({AppealState.GRANTED, AppealState.REFUSED})}

    id: UUID = id_field()
    person_id: UUID = Field(index=True)
    words: str
    monthly: int | None = Field(default=None, sa_type=BigInteger)
    valid_until: date | None = Field(default=None)
    state: AppealState = enum_field(AppealState, AppealState.OPEN)
    machine: str = MACHINE
    opened_at: datetime = utc_field(default_now=True)
