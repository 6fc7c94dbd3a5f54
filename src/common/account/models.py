"""Tables of one's own things. Both hold personal data: no list of others, log or URL shows them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from common import clock
from common.db import Table, id_field, utc_field


class SavedAddress(Table, table=True):
    """Where a person has things brought to. `phone` in E.164 or empty; one of a person's addresses is the default."""

    __tablename__ = "saved_addresses"
    __table_args__ = (Index("uq_saved_addresses_default", "person_id", unique=True, postgresql_where=text("is_default")),)

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    label: str
    recipient: str
    phone: str = ""
    street: str
    kelurahan_code: str
    note: str = ""
    is_default: bool = False
    created_at: datetime = utc_field(default_now=True)


class DataExport(Table, table=True):
    """A person's own data as a ZIP, sealed under the row's id; `sealed` is dropped when it expires. One at a time is being made."""

    __tablename__ = "data_exports"
    __table_args__ = (Index("uq_data_exports_waiting", "person_id", unique=True, postgresql_where=text("ready_at IS NULL")),)

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    asked_at: datetime = utc_field(default_now=True)
    ready_at: datetime | None = utc_field(nullable=True)
    expires_at: datetime | None = utc_field(nullable=True)
    size: int | None = None
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)

    @property
    def readable(self) -> bool:
        """Made, and not yet expired: the clock says so even before the sweep has dropped the bytes."""
        return self.expires_at is not None and self.expires_at > clock.now()
