"""Applications and what belongs to them. MOVES is the whole life of a case; the pages' buttons read the same table as the server."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common.db import Table, enum_field, id_field, utc_field
from common.i18n import N_
from common.states import Moves, Moving

MACHINE = "application/1"


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CORRECTION = "correction"
    APPROVED = "approved"
    AWAITING_PAYMENT = "awaiting_payment"
    ISSUED = "issued"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


STATE_NAMES = {
    State.DRAFT: N_("Belum dikirim"),
    State.SUBMITTED: N_("Diterima"),
    State.IN_REVIEW: N_("Sedang diperiksa kantor"),
    State.CORRECTION: N_("Perlu diperbaiki"),
    State.APPROVED: N_("Permohonan disetujui"),
    State.AWAITING_PAYMENT: N_("Menunggu pembayaran"),
    State.ISSUED: N_("Terbit"),
    State.REJECTED: N_("Permohonan ditolak"),
    State.WITHDRAWN: N_("Ditarik"),
    State.EXPIRED: N_("Waktu membayar habis"),
}
APPLICANTS_MOVE = frozenset({State.DRAFT, State.CORRECTION, State.AWAITING_PAYMENT})
AT_THE_OFFICE = frozenset({State.SUBMITTED, State.IN_REVIEW})
ENDED = frozenset({State.ISSUED, State.REJECTED, State.WITHDRAWN, State.EXPIRED})


class Application(Moving, table=True):
    """One case. `answers`: each answer sealed by itself, by its question, so that the database sees which ones change and never what they
    say. `fee` null: not set yet; a zero of a `levied` service is an `exemption` by name. `fee_due_at`: then the file expires unpaid.

    `revision` counts every change of the row; the database counts, so that a decision knows whether its officer saw the file as it is.
    """

    __tablename__ = "applications"
    __mapper_args__: ClassVar[dict[str, Any]] = {"eager_defaults": True}
    MOVES: ClassVar[Moves] = {
        State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
        State.SUBMITTED: frozenset({State.IN_REVIEW, State.WITHDRAWN}),
        State.IN_REVIEW: frozenset({State.CORRECTION, State.APPROVED, State.REJECTED}),
        State.CORRECTION: frozenset({State.SUBMITTED, State.WITHDRAWN}),
        State.APPROVED: frozenset({State.AWAITING_PAYMENT, State.ISSUED}),
        State.AWAITING_PAYMENT: frozenset({State.ISSUED, State.WITHDRAWN, State.EXPIRED}),
        State.ISSUED: frozenset(),
        State.REJECTED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.EXPIRED: frozenset(),
    }

    id: UUID = id_field()
    reference: str = Field(unique=True)
    service: str
    version: int
    office: str
    applicant_id: UUID
    answers: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    steps_done: int = 0
    officer_id: UUID | None = Field(default=None)
    levied: bool = False
    fee: int | None = Field(default=None, sa_type=BigInteger)
    exemption: str | None = Field(default=None)
    fee_due_at: datetime | None = utc_field(nullable=True)
    fee_notice_at: datetime | None = utc_field(nullable=True)
    fee_reminders: int = 0
    fee_intent_id: UUID | None = Field(default=None)
    fee_settled_at: datetime | None = utc_field(nullable=True)
    credential_id: UUID | None = Field(default=None)
    created_at: datetime = utc_field(default_now=True)
    submitted_at: datetime | None = utc_field(nullable=True)
    revision: int = Field(default=0, sa_column_kwargs={"server_onupdate": FetchedValue()})
    state: State = enum_field(State, State.DRAFT)
    machine: str = MACHINE


class ApplicationDocument(Table, table=True):
    """The file that stands for one required document; a newer upload takes its place."""

    __tablename__ = "application_documents"

    application_id: UUID = Field(primary_key=True, foreign_key="applications.id")
    name: str = Field(primary_key=True)
    file_id: UUID
    uploaded_at: datetime = utc_field(default_now=True)


class Correction(Table, table=True):
    """What an officer asked for: `items` is a list of {target, message}, the target a question or a document by name.

    `opens`: all that the applicant may change now; `before`: how it was, {answers: {name: sealed}, documents: {name: file}, files: [...]}.
    """

    __tablename__ = "application_corrections"

    id: UUID = id_field()
    application_id: UUID = Field(foreign_key="applications.id", index=True)
    asked_by: UUID
    asked_at: datetime = utc_field(default_now=True)
    items: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    opens: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    answered_at: datetime | None = utc_field(nullable=True)


class StepDone(Table, table=True):
    """One step of the office, done once. `looks_at`: questions and documents by name, None all of them; `saw` is the database's mark
    of each, and nothing is approved that a step has not seen as it is."""

    __tablename__ = "application_steps"

    application_id: UUID = Field(primary_key=True, foreign_key="applications.id")
    number: int = Field(primary_key=True)
    code: str
    done_by: UUID
    done_at: datetime = utc_field(default_now=True)
    note: str = ""
    looks_at: list[str] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    saw: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))


class StepReopened(Table, table=True):
    """A step that was done, and is to be done again because `changed` is what it had looked at."""

    __tablename__ = "application_steps_reopened"

    id: UUID = id_field()
    application_id: UUID = Field(foreign_key="applications.id", index=True)
    number: int
    code: str
    done_by: UUID
    done_at: datetime = utc_field()
    note: str = ""
    changed: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    reopened_at: datetime = utc_field(default_now=True)


class Levy(Table, table=True):
    """What an officer set, beside what the rule proposes and how that was computed. A deviation waits for a second officer."""

    __tablename__ = "application_levies"

    id: UUID = id_field()
    application_id: UUID = Field(foreign_key="applications.id", index=True)
    amount: int = Field(sa_type=BigInteger)
    exemption: str | None = Field(default=None)
    proposed: int = Field(sa_type=BigInteger)
    proposed_exemption: str | None = Field(default=None)
    computation: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    reason: str = ""
    looks_at: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    saw: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    set_by: UUID
    set_at: datetime = utc_field(default_now=True)
    confirmed_by: UUID | None = Field(default=None)
    confirmed_at: datetime | None = utc_field(nullable=True)
    ended_at: datetime | None = utc_field(nullable=True)
    ended_because: str = ""

    @property
    def deviates(self) -> bool:
        return (self.amount, self.exemption) != (self.proposed, self.proposed_exemption)

    @property
    def holds(self) -> bool:
        return self.ended_at is None and (not self.deviates or self.confirmed_by is not None)


class DecisionState(StrEnum):
    PENDING = "pending"
    EFFECTIVE = "effective"
    UNDONE = "undone"
    LAPSED = "lapsed"  # the file had moved before it took effect, or its officer may decide no more


class DecisionKind(StrEnum):
    STEP = "step"
    CORRECTION = "correction"
    REJECTION = "rejection"


class Decision(Moving, table=True):
    """What an officer decided at the desk; it can be undone until `effective_at`. `args` are those of the verb that it stands for.

    `revision`: of the application as it was shown; `revision_after`: as the decision left it. A file has one pending decision at most.
    """

    __tablename__ = "application_decisions"
    MOVES: ClassVar[Moves] = {
        DecisionState.PENDING: frozenset({DecisionState.EFFECTIVE, DecisionState.UNDONE, DecisionState.LAPSED}),
        DecisionState.EFFECTIVE: frozenset(),
        DecisionState.UNDONE: frozenset(),
        DecisionState.LAPSED: frozenset(),
    }

    id: UUID = id_field()
    application_id: UUID = Field(foreign_key="applications.id", index=True)
    kind: DecisionKind = enum_field(DecisionKind)
    args: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    revision: int
    revision_after: int | None = Field(default=None)
    decided_by: UUID
    decided_at: datetime = utc_field()
    effective_at: datetime = utc_field()
    state: DecisionState = enum_field(DecisionState, DecisionState.PENDING)
    machine: str = "decision/1"


class Slot(Table, table=True):
    """A time at an office. `booked` never passes `capacity`: the database's last word."""

    __tablename__ = "slots"

    id: UUID = id_field()
    service: str
    office: str
    starts_at: datetime = utc_field()
    minutes: int
    capacity: int
    booked: int = 0


class Booking(Table, table=True):
    """One application's place in a slot."""

    __tablename__ = "slot_bookings"

    application_id: UUID = Field(primary_key=True, foreign_key="applications.id")
    slot_id: UUID = Field(foreign_key="slots.id", index=True)
    booked_at: datetime = utc_field(default_now=True)
