"""What goes out, and what a screen shows: never a secret, except where it is shown this once."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, Field

from common.actor import Role

if TYPE_CHECKING:
    from common.identity.models import RoleGrant


class Facts(BaseModel):
    """What is known of a person's identity, each by itself."""

    format_ok: bool
    phone_confirmed: bool
    email_confirmed: bool
    officer_seen: bool
    dukcapil_verified: bool


class GrantOut(BaseModel):
    id: UUID
    person_id: UUID
    person_name: str
    role: Role
    scope: str
    granted_at: datetime
    granted_by: str | None = None

    @classmethod
    def of(cls, row: "RoleGrant", person_name: str, granted_by: str | None) -> "GrantOut":
        own = row.model_dump(include={"id", "person_id", "role", "scope", "granted_at"})
        return cls(**own, person_name=person_name, granted_by=granted_by)


class Me(BaseModel):
    """One's own account. The NIK only masked."""

    id: UUID
    name: str
    locale: str
    phone: str | None
    email: str | None
    assurance: int
    facts: Facts
    nik: str | None
    waiting: str | None = Field(description="a new address, masked, that waits for its code")
    second_factor: bool
    factor_due: bool = Field(description="roles are held, and count once there is a second factor")
    roles: list[str]


class SessionOut(BaseModel):
    id: UUID
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


class TokenOut(BaseModel):
    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


class PasskeyOut(BaseModel):
    id: UUID
    name: str
    made_at: datetime
    last_used_at: datetime | None


class NewToken(TokenOut):
    """The token itself, shown this once."""

    token: str = Field(repr=False)


class CodeSent(BaseModel):
    """`code` only where `MARVEC_DEMO` is set: never in production."""

    sent_to: str
    expires_in: int = Field(description="seconds")
    code: str | None = Field(None, repr=False)


class SignedUp(BaseModel):
    id: UUID
    name: str
    confirmation: CodeSent | None


class SignedIn(BaseModel):
    session_id: UUID | None
    person_id: UUID
    name: str
    token: str | None = Field(None, repr=False)
    form_token: str = Field(repr=False, description="goes with what is sent by the session's cookie, as X-CSRF-Token")


class NikGiven(BaseModel):
    nik: str = Field(description="masked")
    warnings: list[str] = Field(description="birth_date, wilayah_unknown: odd, not wrong")


class NikRead(BaseModel):
    nik: str = Field(repr=False)


class SecondFactorBegun(BaseModel):
    secret: str = Field(repr=False)
    uri: str = Field(repr=False, description="otpauth:// for a QR code")


class RecoveryCodes(BaseModel):
    codes: list[str] = Field(repr=False)
