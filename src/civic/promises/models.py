"""Promises and their clocks."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from common.db import Table, id_field, utc_field


class Clock(StrEnum):
    """How a promise's clock stands; derived from the row and the day."""

    RUNNING = "running"
    SOON = "soon"  # one working day or less is left
    LATE = "late"
    PAUSED = "paused"
    KEPT = "kept"
    DROPPED = "dropped"


class Promise(Table, table=True):
    """One subject's promise. `due_on` already holds the pauses that have ended; `broken_told_at`: the office heard that it is late."""

    __tablename__ = "promises"

    id: UUID = id_field()
    subject_kind: str
    subject_id: UUID = Field(unique=True)
    office: str
    working_days: int
    started_at: datetime = utc_field()
    due_on: date
    paused_at: datetime | None = utc_field(nullable=True)
    ended_at: datetime | None = utc_field(nullable=True)
    kept: bool | None = Field(default=None)
    broken_told_at: datetime | None = utc_field(nullable=True)
