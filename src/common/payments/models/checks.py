"""Comparisons of our rows with what the provider has, and what differed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from common.db import Table, enum_field, id_field, utc_field


class CheckState(StrEnum):
    WANTED = "wanted"  # one at a time; the next sweep does it
    DONE = "done"


class ProviderCheck(Table, table=True):
    """One comparison. `since`: things that the provider has made since then, None for all; `compared`: how many things of the provider."""

    __tablename__ = "payment_provider_checks"

    id: UUID = id_field()
    state: CheckState = enum_field(CheckState, CheckState.WANTED)
    wanted_at: datetime = utc_field(default_now=True)
    since: datetime | None = utc_field(nullable=True)
    done_at: datetime | None = utc_field(nullable=True)
    compared: int = 0
    differences: int = 0


class ProviderDifference(Table, table=True):
    """One thing that we and the provider see differently. `kind`: intent, refund, transfer, dispute, movement; `ref`: the provider's id."""

    __tablename__ = "payment_provider_differences"

    id: UUID = id_field()
    check_id: UUID = Field(foreign_key="payment_provider_checks.id")
    kind: str
    ref: str
    ours: str = Field(sa_type=Text)
    theirs: str = Field(sa_type=Text)
