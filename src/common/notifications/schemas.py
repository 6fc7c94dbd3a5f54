"""What goes out of the inbox, and what a person may choose."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.i18n import gettext
from common.notifications.models import Notification


class NotificationOut(BaseModel):
    """`text` is already in the reader's language."""

    id: UUID
    seq: int
    kind: str
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, row: Notification) -> "NotificationOut":
        text = gettext(row.text, **row.params)
        return cls(id=row.id, seq=row.seq, kind=row.kind, text=text, link=row.link, created_at=row.created_at, read_at=row.read_at)


class Unread(BaseModel):
    unread: int


class MarkRead(BaseModel):
    """Everything up to this number was seen."""

    up_to: int = Field(ge=0)


class Preferences(BaseModel):
    """Groups whose things also come by e-mail or to the phone; `quiet`: between 22.00 and 06.00 WITA these wait for the morning."""

    email: list[str] = Field(default=[], max_length=20)
    phone: list[str] = Field(default=[], max_length=20)
    quiet: bool = False
