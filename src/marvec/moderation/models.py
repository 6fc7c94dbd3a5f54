"""Cases and the reports in them. One open case a thing, one report a person and case: unique indexes say so."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field
from common.states import Moves, Moving

MACHINE = "moderation/1"


class Kind(StrEnum):
    LISTING = "listing"
    MESSAGE = "message"


class CaseState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"  # nothing is wrong
    WARNED = "warned"  # the person is told what to mend
    HIDDEN = "hidden"  # the listing is held back until this is lifted
    SUSPENDED = "suspended"  # the whole shop
    LIFTED = "lifted"  # what was hidden or suspended is shown again


class Reason(StrEnum):
    """Why somebody reports a thing."""

    FRAUD = "fraud"
    FORBIDDEN = "forbidden"
    UNLICENSED = "unlicensed"
    FAKE = "fake"
    MISLEADING = "misleading"
    RUDE = "rude"
    OTHER = "other"
    REVIEW = "review"  # its owner asks for a look, or appeals


class Case(Moving, table=True):
    """About a listing (`subject_id`) or a message (`seq` of conversation `subject_id`); `person_id` is who answers for it.

    `storefront_id`: the shop that could be suspended, None when the person has none.
    """

    __tablename__ = "moderation_cases"
    __table_args__ = (Index("uq_moderation_cases_open", "kind", "subject_id", "seq", unique=True, postgresql_where=text("state = 'open'")),)
    MOVES: ClassVar[Moves] = {
        CaseState.OPEN: frozenset({CaseState.DISMISSED, CaseState.WARNED, CaseState.HIDDEN, CaseState.SUSPENDED}),
        CaseState.HIDDEN: frozenset({CaseState.LIFTED}),
        CaseState.SUSPENDED: frozenset({CaseState.LIFTED}),
    }

    id: UUID = id_field()
    kind: Kind = enum_field(Kind)
    subject_id: UUID
    seq: int = Field(default=0, sa_type=BigInteger)
    person_id: UUID
    storefront_id: UUID | None = Field(default=None)
    state: CaseState = enum_field(CaseState, CaseState.OPEN)
    machine: str = MACHINE
    opened_at: datetime = utc_field(default_now=True)


class Report(Table, table=True):
    """One person's word. `words` is shown to operators only."""

    __tablename__ = "moderation_reports"
    __table_args__ = (UniqueConstraint("case_id", "reporter_id", name="uq_moderation_reports_case_id"),)

    id: UUID = id_field()
    case_id: UUID = Field(foreign_key="moderation_cases.id")
    reporter_id: UUID = Field(index=True)
    reason: Reason = enum_field(Reason)
    words: str = ""
    at: datetime = utc_field(default_now=True)
