"""What somebody is about to pay, and how one payment is shared by orders."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common.db import Table, enum_field, id_field, utc_field
from common.payments.models.ledger import Book
from common.states import Moves, Moving


class Purpose(StrEnum):
    ORDER_GROUP = "order_group"
    APPLICATION_FEE = "application_fee"


BOOKS = {Purpose.ORDER_GROUP: Book.MARKET, Purpose.APPLICATION_FEE: Book.CITY}


class IntentState(StrEnum):
    CREATED = "created"  # a row of ours only
    STARTED = "started"  # the provider knows it, or is being told
    PROCESSING = "processing"  # the person has paid, the bank has not answered
    SUCCEEDED = "succeeded"  # the money is here; wins over everything
    CLOSED = "closed"  # ended without money


S = IntentState
OPEN = (S.CREATED, S.STARTED, S.PROCESSING)


class Intent(Moving, table=True):
    """Amounts in whole rupiah. `refunded` counts what our own refunds took that did not fail, `lost` what banks took back for good.

    `client_action` says until when it stands; a payer who has longer than that opens another (`forget_page`).

    `provider_ref` is what we opened at the provider (a page, a code), `payment_ref` the payment that a person made there, not known before
    they do: what messages about it, its refunds and its disputes name.
    """

    __tablename__ = "payment_intents"
    MOVES: ClassVar[Moves] = {
        S.CREATED: frozenset({S.STARTED, S.CLOSED}),
        S.STARTED: frozenset({S.PROCESSING, S.SUCCEEDED, S.CLOSED}),
        S.PROCESSING: frozenset({S.STARTED, S.SUCCEEDED, S.CLOSED}),
        S.CLOSED: frozenset({S.SUCCEEDED}),
    }

    id: UUID = id_field()
    payer_id: UUID = Field(index=True)
    purpose: Purpose = enum_field(Purpose)
    purpose_id: UUID
    amount: int = Field(sa_type=BigInteger)
    refunded: int = Field(default=0, sa_type=BigInteger)
    lost: int = Field(default=0, sa_type=BigInteger)
    state: IntentState = enum_field(IntentState, IntentState.CREATED)
    machine: str = "payment_intents/1"
    provider_ref: str | None = Field(default=None, unique=True)
    payment_ref: str | None = Field(default=None, unique=True)
    charge_ref: str | None = Field(default=None)
    client_action: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    return_url: str = Field(default="", sa_type=Text)
    last_error: str = ""
    settled_to: str | None = Field(default=None)
    expires_at: datetime = utc_field()
    started_at: datetime | None = utc_field(nullable=True)
    close_wanted_at: datetime | None = utc_field(nullable=True)
    checked_at: datetime | None = utc_field(nullable=True)
    created_at: datetime = utc_field(default_now=True)

    @property
    def book(self) -> Book:
        return BOOKS[self.purpose]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def left(self) -> int:
        """What can still be refunded."""
        return self.amount - self.refunded - self.lost

    def page_ends_first(self) -> bool:
        """Whether the provider's page stands less long than the payer has."""
        until = (self.client_action or {}).get("until")
        return until is not None and datetime.fromisoformat(until) < self.expires_at

    def forget_page(self) -> None:
        """The provider's page is over, the payment is not: the next start opens a page of its own."""
        self.client_action, self.started_at = None, None


class PaymentPart(Table, table=True):
    """What one order gets of an intent. `released_*` are fixed on release: what was left then, and the commission on it."""

    __tablename__ = "payment_parts"

    order_id: UUID = Field(primary_key=True)
    intent_id: UUID = Field(foreign_key="payment_intents.id", index=True)
    storefront_id: UUID
    amount: int = Field(sa_type=BigInteger)
    commission: int = Field(sa_type=BigInteger)
    refunded: int = Field(default=0, sa_type=BigInteger)
    lost: int = Field(default=0, sa_type=BigInteger)
    released_at: datetime | None = utc_field(nullable=True)
    released_amount: int = Field(default=0, sa_type=BigInteger)
    released_commission: int = Field(default=0, sa_type=BigInteger)

    @property
    def left(self) -> int:
        return self.amount - self.refunded - self.lost
