"""Tables of the inbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.db import Table, id_field, utc_field


class Inbox(Table, table=True):
    """A person's counters: the last number given out, and how many are unread (kept with each change, read on every page).

    `quiet_at_night`: letters and texts of the night wait for the morning.
    """

    __tablename__ = "inbox"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    last_seq: int = Field(default=0, sa_type=BigInteger)
    unread: int = 0
    quiet_at_night: bool = False


class Notification(Table, table=True):
    """One thing told: a message id and what fills its gaps, so that it is read in the language of the day."""

    __tablename__ = "notification"
    __table_args__ = (UniqueConstraint("person_id", "seq"),)

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id")
    seq: int = Field(sa_type=BigInteger)
    kind: str
    text: str
    params: dict[str, Any] = Field(sa_type=JSONB)
    link: str = ""
    created_at: datetime = utc_field(default_now=True)
    read_at: datetime | None = utc_field(nullable=True)


class NotificationPreference(Table, table=True):
    """Whether things of one group also come by a channel. Without a row they do not."""

    __tablename__ = "notification_preference"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    kind_group: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    wanted: bool
