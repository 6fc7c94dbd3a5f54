"""The one table of channels."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field


class Carrier(StrEnum):
    """What kind of address it is. `nowhere`: a message without a reader, so that asking for an unknown account costs the same."""

    EMAIL = "email"
    PHONE = "phone"
    NOWHERE = "nowhere"


class ChannelMessage(Table, table=True):
    """One message. What fills the letter's gaps (a code, a name) is sealed, and dropped once sent, except where `/dev/pesan` shows it."""

    __tablename__ = "channel_message"

    id: UUID = id_field()
    channel: Carrier = enum_field(Carrier)
    address: str
    locale: str
    template: str
    sealed_params: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = utc_field(default_now=True, index=True)
    sent_at: datetime | None = utc_field(nullable=True)
