"""Credentials and the table of their moves."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common import clock
from common.db import enum_field, id_field, utc_field
from common.i18n import N_
from common.states import Moves, Moving

MACHINE = "credential/1"


class CredentialState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


STATE_NAMES = {
    CredentialState.ACTIVE: N_("Berlaku"),
    CredentialState.SUSPENDED: N_("Dibekukan"),
    CredentialState.REVOKED: N_("Dicabut"),
}


class Credential(Moving, table=True):
    """`subject` is what the verification page may show to anybody: chosen by the issuer, never a NIK or an address.

    `holder_id` is a person or a storefront; `application_id` with `kind` is unique: a product never twice. Expiry is a date, not a state.
    """

    __tablename__ = "credentials"
    MOVES: ClassVar[Moves] = {
        CredentialState.ACTIVE: frozenset({CredentialState.SUSPENDED, CredentialState.REVOKED}),
        CredentialState.SUSPENDED: frozenset({CredentialState.ACTIVE, CredentialState.REVOKED}),
        CredentialState.REVOKED: frozenset(),
    }

    id: UUID = id_field()
    code: str = Field(unique=True)
    kind: str
    holder_id: UUID
    office: str
    title: str
    subject: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    application_id: UUID | None = Field(default=None)
    issued_at: datetime = utc_field(default_now=True)
    valid_until: date | None = Field(default=None)
    expiry_told_at: datetime | None = utc_field(nullable=True)
    state: CredentialState = enum_field(CredentialState, CredentialState.ACTIVE)
    machine: str = MACHINE

    @property
    def expired(self) -> bool:
        return self.valid_until is not None and self.valid_until < clock.today()

    @property
    def holds(self) -> bool:
        """Whether the statement stands today."""
        return self.state == CredentialState.ACTIVE and not self.expired
