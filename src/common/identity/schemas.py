"""What comes in and what goes out. Passwords and codes are never shown in a representation or an error."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from common import indonesia
from common.actor import Role
from common.i18n import N_
from common.identity import policy

if TYPE_CHECKING:
    from common.identity.models import RoleGrant

INCOMING = ConfigDict(str_strip_whitespace=True, hide_input_in_errors=True)


def _address(value: Any) -> policy.Address:
    if isinstance(value, policy.Address):
        return value
    found = policy.address_of(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(N_("Tulis nomor HP (0812…) atau email yang benar."))
    return found


def _password(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(N_("Wajib diisi."))
    if len(value) < policy.SHORTEST_PASSWORD:
        raise ValueError(N_("Kata sandi paling sedikit 8 huruf atau angka."))
    if len(value) > policy.LONGEST_PASSWORD:
        raise ValueError(N_("Kata sandi paling banyak 128 huruf atau angka."))
    return value


def _scopes(value: Any) -> Any:
    """A form sends them as one text with spaces between."""
    return [word for one in value for word in str(one).split()] if isinstance(value, list) else value


AnAddress = Annotated[policy.Address, BeforeValidator(_address)]
NewPassword = Annotated[str, BeforeValidator(_password)]
OldPassword = Annotated[str, Field(min_length=1, max_length=policy.LONGEST_PASSWORD)]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
SecondFactor = Annotated[str, Field(min_length=6, max_length=20)]
Locale = Literal["id", "id-baku", "en"]
Scope = Annotated[str, Field(pattern=r"^(\*|[a-z][a-z_]*(:[a-z]+)?)$", max_length=60)]
Scopes = Annotated[list[Scope], BeforeValidator(_scopes)]


class Addressed(BaseModel):
    """An address under the name `address`, or, for programs that know what it is, `phone` or `email`."""

    model_config = INCOMING

    address: AnAddress

    OTHER_NAMES: ClassVar = ("phone", "email")

    @model_validator(mode="before")
    @classmethod
    def phone_or_email(cls, data: Any) -> Any:
        if isinstance(data, dict) and "address" not in data:
            data = dict(data)
            given = [data.pop(name) for name in ("phone", "email") if data.get(name)]
            if given:
                data["address"] = given[0]
        return data


class SignUp(Addressed):
    name: str = Field(min_length=1, max_length=120)
    password: NewPassword = Field(repr=False)
    consent: bool
    locale: Locale = "id"

    @field_validator("consent")
    @classmethod
    def consent_is_needed(cls, value: bool) -> bool:
        if not value:
            raise ValueError(N_("Tanpa persetujuan ini kami tidak boleh menyimpan data Anda."))
        return value


class SignIn(Addressed):
    password: OldPassword = Field(repr=False)
    code: SecondFactor | None = Field(None, repr=False)
    token: bool = False
    scopes: list[Scope] = Field(default=[policy.EVERYTHING], max_length=50)
    name: str = Field("sign-in", max_length=60)


class AskCode(BaseModel):
    """`confirm`: for one's own address that waits. `reset`: for whoever cannot sign in; then the address is named."""

    model_config = INCOMING

    purpose: Literal["confirm", "reset"] = "confirm"
    address: AnAddress | None = None


class GiveCode(BaseModel):
    model_config = INCOMING

    code: Code = Field(repr=False)
    address: AnAddress | None = None


class ResetPassword(Addressed):
    code: Code = Field(repr=False)
    password: NewPassword = Field(repr=False)


class ChangePassword(BaseModel):
    model_config = INCOMING

    current: OldPassword = Field(repr=False)
    password: NewPassword = Field(repr=False)


class ChangePerson(BaseModel):
    """What is left out stays. A new address is unconfirmed."""

    model_config = INCOMING

    name: str | None = Field(None, min_length=1, max_length=120)
    locale: Locale | None = None
    address: AnAddress | None = None


class GiveNik(BaseModel):
    model_config = INCOMING

    nik: str = Field(repr=False)
    born_on: date | None = None

    @field_validator("nik")
    @classmethod
    def well_formed(cls, value: str) -> str:
        found = indonesia.parse_nik(value)
        if not found.valid or found.nik is None:
            raise ValueError(N_("NIK ini belum benar. Periksa lagi 16 angkanya di KTP."))
        return found.nik


class ReadNik(BaseModel):
    """Who reads a NIK says why; the reason goes into the audit."""

    model_config = INCOMING

    because: str = Field(min_length=3, max_length=200)


class MakeToken(BaseModel):
    model_config = INCOMING

    name: str = Field(min_length=1, max_length=60)
    scopes: Scopes = Field(default=[], max_length=50)
    days: int = Field(90, ge=1, le=365)


class GiveSecondFactor(BaseModel):
    model_config = INCOMING

    code: SecondFactor = Field(repr=False)


class GiveGrant(BaseModel):
    """`person` is an account's id or its address."""

    model_config = INCOMING

    person: str = Field(min_length=3, max_length=254)
    role: Role
    scope: str = Field("*", pattern=r"^(\*|[A-Z][A-Z0-9-]{1,40})$")

    @model_validator(mode="after")
    def an_office_for_office_roles(self) -> "GiveGrant":
        if self.role in (Role.OFFICER, Role.HEAD, Role.EDITOR) and self.scope == "*":
            raise ValueError(N_("Pilih kantornya."))
        return self


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
    second_factor: bool
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
