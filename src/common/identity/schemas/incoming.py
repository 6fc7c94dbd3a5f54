"""What comes in. Passwords and codes are never shown in a representation or an error."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from common import indonesia
from common.actor import Role
from common.i18n import N_
from common.identity import policy
from common.scopes import EVERYTHING, SCOPES

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


def _scope(name: str) -> str:
    if name != EVERYTHING and name not in SCOPES:
        raise ValueError(N_("Cakupan ini tidak dikenal."))
    return name


AnAddress = Annotated[policy.Address, BeforeValidator(_address)]
NewPassword = Annotated[str, BeforeValidator(_password)]
OldPassword = Annotated[str, Field(min_length=1, max_length=policy.LONGEST_PASSWORD)]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
SecondFactor = Annotated[str, Field(min_length=6, max_length=20)]
PasskeyAnswer = Annotated[str, Field(min_length=2, max_length=20_000, description="the browser's PublicKeyCredential as JSON")]
Locale = Literal["id", "id-baku", "en"]
Scope = Annotated[str, Field(max_length=60), AfterValidator(_scope)]
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
    confirmation: Code | None = Field(None, repr=False, description="the code that a new account's address was sent")
    token: bool = False
    scopes: list[Scope] = Field(default=[EVERYTHING], max_length=50)
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


class ReleaseAddress(Addressed):
    """For who holds an address that stands in an account of somebody else's making: the code of a reset takes it out of there."""

    code: Code = Field(repr=False)


class TakeBack(BaseModel):
    """The end of the link in the letter about a change."""

    token: str = Field(min_length=1, max_length=200, repr=False)


class ProveIt(BaseModel):
    """Who sits here: the password, a passkey, or a code of the second factor."""

    model_config = INCOMING

    password: OldPassword | None = Field(None, repr=False)
    code: SecondFactor | None = Field(None, repr=False)
    passkey: PasskeyAnswer | None = Field(None, repr=False)


class GivePasskey(BaseModel):
    passkey: PasskeyAnswer = Field(repr=False)


class RegisterPasskey(GivePasskey):
    model_config = INCOMING

    name: str = Field(min_length=1, max_length=60)


class ChangePassword(BaseModel):
    model_config = INCOMING

    current: OldPassword = Field(repr=False)
    password: NewPassword = Field(repr=False)


class ChangePerson(BaseModel):
    """What is left out stays. A new address waits for its code; it is asked for in a session that was proven a moment ago."""

    model_config = INCOMING

    name: str | None = Field(None, min_length=1, max_length=120)
    locale: Locale | None = None
    address: AnAddress | None = None


class AskAddress(Addressed):
    """A new address of one's own."""


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


class LookAtHappenings(BaseModel):
    """Whose, by id or whole address, and what for."""

    model_config = INCOMING

    person: str = Field(min_length=1, max_length=254, repr=False)
    purpose: Literal["owner-asked", "misuse", "law"]
