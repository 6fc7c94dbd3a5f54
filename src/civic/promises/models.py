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
    """One subject's promise. `due_on` already holds the pauses that have ended; it stays when the promise is broken.

    `renewed_due_on`: what the citizen was promised anew then. `..._told_at`: when who stands on that rung of the ladder heard of it, once.
    """

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
    renewed_due_on: date | None = Field(default=None)
    warned_at: datetime | None = utc_field(nullable=True)
    broken_told_at: datetime | None = utc_field(nullable=True)
    head_told_at: datetime | None = utc_field(nullable=True)
    operator_told_at: datetime | None = utc_field(nullable=True)
