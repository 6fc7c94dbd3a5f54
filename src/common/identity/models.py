"""Tables of identity. Addresses and NIK are personal data: no list, log or URL shows them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlmodel import Field

from common.actor import Role
from common.db import Table, enum_field, id_field, utc_field


class Purpose(StrEnum):
    """What a code is good for."""

    CONFIRM = "confirm"
    RESET = "reset"


class Change(StrEnum):
    """What of an account's keys was changed."""

    ADDRESS = "address"
    PASSWORD = "password"  # noqa: S105  no password
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    TOKEN = "token"  # noqa: S105  no token
    PASSKEY_ON = "passkey_on"
    PASSKEY_OFF = "passkey_off"


class Ceremony(StrEnum):
    """What a passkey is asked for."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    PROOF = "proof"


class Person(Table, table=True):
    """An account. One word is a legal name here.

    An address without its `..._confirmed_at` is a claim, which other accounts may make, too; whoever proves it first has it, and the others
    lose it. An account that has lost its last address is unreachable: nobody comes in, and what is in it goes to nobody else.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("uq_person_phone_confirmed", "phone", unique=True, postgresql_where=text("phone_confirmed_at IS NOT NULL")),
        Index("uq_person_email_confirmed", "email", unique=True, postgresql_where=text("email_confirmed_at IS NOT NULL")),
        Index("ix_person_unreachable_since", "unreachable_since", postgresql_where=text("closed_at IS NULL")),
    )

    id: UUID = id_field()
    name: str
    phone: str | None = Field(default=None, index=True)
    email: str | None = Field(default=None, sa_type=CITEXT, index=True)
    phone_confirmed_at: datetime | None = utc_field(nullable=True)
    email_confirmed_at: datetime | None = utc_field(nullable=True)
    password_hash: str
    locale: str = "id"
    created_at: datetime = utc_field(default_now=True)
    unreachable_since: datetime | None = utc_field(nullable=True)
    closed_at: datetime | None = utc_field(nullable=True)  # by the person: nothing personal is left in the row

    @property
    def confirmed(self) -> bool:
        return self.phone_confirmed_at is not None or self.email_confirmed_at is not None

    @property
    def confirmed_email(self) -> str | None:
        return self.email if self.email_confirmed_at else None

    @property
    def claimed(self) -> str | None:
        """The address of an account that has none confirmed yet."""
        return None if self.confirmed else self.phone or self.email


class AddressChange(Table, table=True):
    """A new address of an account that has a confirmed one, which counts until this one's code was given. One waits at a time."""

    __tablename__ = "address_change"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    kind: str
    address: str = Field(sa_type=CITEXT, index=True)
    asked_at: datetime = utc_field(default_now=True)


class WayBack(Table, table=True):
    """For seven days whoever reads the letter about a change can undo it, and all that was changed since. Used or over, the row goes.

    `old` of `kind` is the address that stood before (None: there was none); `sealed` the secret of a factor that was turned off;
    `passkey_id` the passkey that was made or removed.
    """

    __tablename__ = "way_back"
    __table_args__ = (
        Index("ix_way_back_person_id", "person_id", "id"),
        Index("ix_way_back_passkey_id", "passkey_id", postgresql_where=text("passkey_id IS NOT NULL")),
    )

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id")
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    change: Change = enum_field(Change)
    kind: str | None = None
    old: str | None = Field(default=None, sa_type=CITEXT)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    passkey_id: UUID | None = Field(default=None, foreign_key="passkey.id")
    made_at: datetime = utc_field(default_now=True)
    expires_at: datetime = utc_field(index=True)


class PersonNik(Table, table=True):
    """The NIK that a person gave, sealed, and what is known of it. That the row stands says `format_ok`; the other facts are kept apart."""

    __tablename__ = "person_nik"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    sealed: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary, unique=True)
    born_on: date | None = None
    given_at: datetime = utc_field(default_now=True)
    officer_seen_at: datetime | None = utc_field(nullable=True)
    officer_seen_by: UUID | None = Field(default=None, foreign_key="person.id")
    dukcapil_verified_at: datetime | None = utc_field(nullable=True)


class Consent(Table, table=True):
    """UU PDP 27/2022: what was agreed to, in which version, and when it was withdrawn."""

    __tablename__ = "consent"

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    purpose: str
    version: str
    given_at: datetime = utc_field(default_now=True)
    withdrawn_at: datetime | None = utc_field(nullable=True)


class PersonSession(Table, table=True):
    """A signed-in browser. `second_factor_due`: the password was right, the second factor is still missing: nobody is signed in yet.

    `proven_at`: when the person last said password or factor here; grave deeds ask that it was a moment ago.
    """

    __tablename__ = "person_session"

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    device: str
    second_factor_due: bool = False
    created_at: datetime = utc_field(default_now=True)
    proven_at: datetime | None = utc_field(nullable=True)
    last_seen_at: datetime = utc_field(default_now=True)
    revoked_at: datetime | None = utc_field(nullable=True)


class ApiToken(Table, table=True):
    """A program's key to its owner's account, held to its scopes."""

    __tablename__ = "api_token"

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    name: str
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime = utc_field(default_now=True)
    last_used_at: datetime | None = utc_field(nullable=True)
    expires_at: datetime = utc_field()
    revoked_at: datetime | None = utc_field(nullable=True)


class RoleGrant(Table, table=True):
    """A role within a scope, given and taken by an admin (None: by the city's own seed)."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("uq_role_grant_standing", "person_id", "role", "scope", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id")
    role: Role = enum_field(Role)
    scope: str = "*"
    granted_by: UUID | None = Field(default=None, foreign_key="person.id")
    granted_at: datetime = utc_field(default_now=True)
    revoked_by: UUID | None = Field(default=None, foreign_key="person.id")
    revoked_at: datetime | None = utc_field(nullable=True)


class ConfirmationCode(Table, table=True):
    """A six-digit code as a keyed hash. `person_id` is empty for a reset of an unknown address: the same row, sent to nobody.

    `asker`: who asked, as a keyed hash; nobody uses up, or guesses at, the code that another one asked for.
    """

    __tablename__ = "confirmation_code"
    __table_args__ = (Index("ix_confirmation_code_address", "address", "purpose", "created_at"),)

    id: UUID = id_field()
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    address: str = Field(sa_type=CITEXT)
    purpose: Purpose = enum_field(Purpose)
    code_hash: bytes = Field(sa_type=LargeBinary)
    tries: int = 0
    asker: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = utc_field(default_now=True, index=True)
    expires_at: datetime = utc_field()
    used_at: datetime | None = utc_field(nullable=True)


class Throttle(Table, table=True):
    """Tries under one keyed name (an account, a network address): counted before they are judged."""

    __tablename__ = "throttle"

    key: bytes = Field(sa_type=LargeBinary, primary_key=True)
    tries: int
    last_at: datetime = utc_field(index=True)
    blocked_until: datetime = utc_field()


class Totp(Table, table=True):
    """A second factor (RFC 6238). `last_step` is the last accepted 30-second step: no code counts twice."""

    __tablename__ = "totp"

    person_id: UUID = Field(primary_key=True, foreign_key="person.id")
    sealed: bytes = Field(sa_type=LargeBinary)
    last_step: int = Field(default=0, sa_type=BigInteger)
    confirmed_at: datetime | None = utc_field(nullable=True)


class Passkey(Table, table=True):
    """A key pair that lives in a person's device (WebAuthn), of which this is the public half. A removed one may come back by a way back.

    `sign_count` goes up with each use; an authenticator that counts none sends 0 for ever.
    """

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_removed_at", "removed_at", postgresql_where=text("removed_at IS NOT NULL")),)

    id: UUID = id_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    credential_id: bytes = Field(sa_type=LargeBinary, unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = Field(default=0, sa_type=BigInteger)
    name: str
    made_at: datetime = utc_field(default_now=True)
    last_used_at: datetime | None = utc_field(nullable=True)
    removed_at: datetime | None = utc_field(nullable=True)


class PasskeyChallenge(Table, table=True):
    """What a passkey is to sign, once; `bound_to` is the hash of the session or browser that asked."""

    __tablename__ = "passkey_challenge"

    challenge: bytes = Field(sa_type=LargeBinary, primary_key=True)
    purpose: Ceremony = enum_field(Ceremony)
    bound_to: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = utc_field(index=True)


class RecoveryCode(Table, table=True):
    """One of ten ways in when the device with the second factor is lost; each works once."""

    __tablename__ = "recovery_code"

    code_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    used_at: datetime | None = utc_field(nullable=True)
