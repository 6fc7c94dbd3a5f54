"""What the provider tells us, kept raw, and what it knows of a seller."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common.db import Table, enum_field, utc_field


class InboxState(StrEnum):
    WAITING = "waiting"
    PARKED = "parked"  # names a payment that we do not know, or not yet
    DONE = "done"
    IGNORED = "ignored"  # of a type that we do not know, or about things that are not ours


class WebhookMessage(Table, table=True):
    """One event of the provider; its own id keeps it once. `about`: the payment that a parked one names."""

    __tablename__ = "webhook_inbox"

    event_id: str = Field(primary_key=True)
    type: str
    payload: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: InboxState = enum_field(InboxState, InboxState.WAITING)
    about: str | None = Field(default=None)
    received_at: datetime = utc_field(default_now=True)
    done_at: datetime | None = utc_field(nullable=True)


class SellerAccount(Table, table=True):
    """A storefront's account at the provider. `checked_at`: when what is written here was true; `requirements`: `facts.Requirements`."""

    __tablename__ = "payment_seller_accounts"

    storefront_id: UUID = Field(primary_key=True)
    provider_account: str | None = Field(default=None, unique=True)
    transfers_enabled: bool = False
    payouts_enabled: bool = False
    disconnected: bool = False
    details_submitted: bool = False
    requirements: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    checked_at: datetime | None = utc_field(nullable=True)
    swept_at: datetime | None = utc_field(nullable=True)


class SweepMark(Table, table=True):
    """Up to when the provider's own list of events was read; one row."""

    __tablename__ = "payment_sweep_marks"

    name: str = Field(primary_key=True)
    read_until: datetime = utc_field()
