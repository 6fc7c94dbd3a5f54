"""What comes in and what goes out of moderation."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from common.i18n import N_
from marvec.moderation.models import CaseState, Kind, Reason

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class ReportThing(BaseModel):
    reason: Reason
    words: Words = ""

    @field_validator("reason")
    @classmethod
    def is_a_complaint(cls, reason: Reason) -> Reason:
        if reason is Reason.REVIEW:
            raise ValueError(N_("Pilih salah satu alasan."))
        return reason


class AskReview(BaseModel):
    """An owner's words to the operator who will look."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=1000)]


class Decide(BaseModel):
    """`because` is told to the owner, word by word."""

    state: CaseState
    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]


class ReportOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    reason: Reason
    words: str
    at: datetime


class CaseRow(BaseModel):
    """A case in a list: how many report it, since when, and why (each reason once)."""

    id: UUID
    kind: Kind
    state: CaseState
    subject_id: UUID
    seq: int
    title: str
    opened_at: datetime
    moved_at: datetime
    reports: int
    reasons: list[Reason] = Field(default=[])
