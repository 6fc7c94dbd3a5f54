"""How money flows on: refunds, transfers to sellers, reversals of them, disputes, payouts.

A flow's state only rises in the order that its enum is written in (that order is the lattice). A later word of the provider that is lower
is old news. Stripe: a refund or a payout may fail after it succeeded, never the other way round; a lost dispute may still be reinstated.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common.db import Table, enum_field, id_field, utc_field


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TransferState(StrEnum):
    PENDING = "pending"
    SENT = "sent"


class ReversalState(StrEnum):
    PENDING = "pending"
    FAILED = "failed"  # the seller's balance did not suffice: the seller owes us, the next transfers are less by it
    DONE = "done"


class DisputeState(StrEnum):
    OPENED = "opened"
    WITHDRAWN = "withdrawn"
    LOST = "lost"
    WON = "won"  # funds reinstated, or never withdrawn and closed; Stripe may reinstate even what was lost


UNDECIDED = (DisputeState.OPENED, DisputeState.WITHDRAWN)


class PayoutState(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"  # or cancelled; legal after paid


class Flow(Table):
    """Columns of every flow."""

    KIND: ClassVar[str]

    id: UUID = id_field()
    state: Any
    amount: int = Field(sa_type=BigInteger)
    provider_ref: str | None = Field(default=None, unique=True)
    created_at: datetime = utc_field(default_now=True)

    def rises_to(self, new: StrEnum) -> bool:
        """Whether `new` is above the present state in the lattice."""
        order = list(type(new))
        return order.index(new) > order.index(self.state)


class Assigned(Flow):
    """Columns of a flow whose money an operator may have to assign: once, with a reason."""

    assigned_at: datetime | None = utc_field(nullable=True)
    assigned_by: UUID | None = Field(default=None)
    assigned_because: str = Field(default="", sa_type=Text)


class Refund(Assigned, table=True):
    """`taken_from` names the pots ("kind:owner") that give the money and how much each: fixed when the refund is asked for.

    One by other hands than `ours` takes from `unplanned` until an operator assigns it to whom it concerns.
    """

    __tablename__ = "payment_refunds"
    KIND: ClassVar[str] = "refund"

    state: RefundState = enum_field(RefundState, RefundState.PENDING)
    intent_id: UUID = Field(foreign_key="payment_intents.id", index=True)
    order_id: UUID | None = Field(default=None, index=True)
    taken_from: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str = Field(default="", sa_type=Text)
    ours: bool = True


class Transfer(Flow, table=True):
    """To the seller's account at the provider: one for the release of each order, and one for each reversal that must be given back.

    `amount` 0: the whole of it was netted against a debt. `requested_at`: when the provider was first asked for it; a trigger lets that be
    written for confirmed sellers only.
    """

    __tablename__ = "payment_transfers"
    KIND: ClassVar[str] = "transfer"

    state: TransferState = enum_field(TransferState, TransferState.PENDING)
    order_id: UUID = Field(foreign_key="payment_parts.order_id")
    intent_id: UUID = Field(foreign_key="payment_intents.id", index=True)
    storefront_id: UUID = Field(index=True)
    reversal_id: UUID | None = Field(default=None, unique=True)  # of payment_reversals, which name their transfer themselves
    requested_at: datetime | None = utc_field(nullable=True)


class Reversal(Flow, table=True):
    """Money taken back from a seller's account, for a refund or a lost dispute (or by other hands: both null)."""

    __tablename__ = "payment_reversals"
    KIND: ClassVar[str] = "reversal"

    state: ReversalState = enum_field(ReversalState, ReversalState.PENDING)
    transfer_id: UUID = Field(foreign_key="payment_transfers.id", index=True)
    storefront_id: UUID
    refund_id: UUID | None = Field(default=None, foreign_key="payment_refunds.id", unique=True)
    dispute_id: UUID | None = Field(default=None, foreign_key="payment_disputes.id")


class Dispute(Assigned, table=True):
    """The payer's bank takes money back. `reason` is its word, `due_by` until when evidence is taken.

    Of a lost one `shares` says how much each order bears, and `borne_by` out of which pots ("kind:owner"). What nobody bears yet lies in
    the pot `disputed`.
    """

    __tablename__ = "payment_disputes"
    KIND: ClassVar[str] = "dispute"

    state: DisputeState = enum_field(DisputeState, DisputeState.OPENED)
    intent_id: UUID = Field(foreign_key="payment_intents.id", index=True)
    reason: str = Field(default="", sa_type=Text)
    due_by: datetime | None = utc_field(nullable=True)
    evidence_sent_at: datetime | None = utc_field(nullable=True)
    reminded_at: datetime | None = utc_field(nullable=True)
    shares: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    borne_by: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def unborne(self) -> int:
        """What of a loss nobody bears yet, in rupiah."""
        return self.amount - sum(self.borne_by.values()) if self.state == DisputeState.LOST else 0


class Evidence(Table, table=True):
    """What one side has to say in a dispute; a file of it is kept by the room that took it in. Never changed."""

    __tablename__ = "payment_evidence"

    id: UUID = id_field()
    dispute_id: UUID = Field(foreign_key="payment_disputes.id")
    author_id: UUID
    side: str
    words: str = Field(sa_type=Text)
    file_id: UUID | None = Field(default=None)
    filename: str = ""
    created_at: datetime = utc_field(default_now=True)


class Payout(Flow, table=True):
    """From an account at the provider to a bank. `owner`: a storefront's id, or `platform`."""

    __tablename__ = "payment_payouts"
    KIND: ClassVar[str] = "payout"

    state: PayoutState = enum_field(PayoutState, PayoutState.PENDING)
    owner: str
