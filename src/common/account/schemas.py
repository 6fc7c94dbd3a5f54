"""What comes in and what goes out of one's own things."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from common import regions
from common.i18n import N_
from common.identity.policy import LONGEST_PASSWORD, address_of

if TYPE_CHECKING:
    from common.account.models import SavedAddress

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Recipient = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Street = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Address(BaseModel):
    """Where something is brought to. `phone` is the recipient's, for the courier; empty when unknown."""

    model_config = ConfigDict(hide_input_in_errors=True)

    label: Label
    recipient: Recipient
    phone: str = ""
    street: Street
    kelurahan_code: str
    note: Note = ""

    @field_validator("phone")
    @classmethod
    def is_a_phone(cls, text: str) -> str:
        found = address_of(text) if text.strip() else None
        if text.strip() and (found is None or found.kind != "phone"):
            raise ValueError(N_("Tulis nomor HP yang benar, contoh: 0812 3456 7890."))
        return found.text if found else ""

    @field_validator("kelurahan_code")
    @classmethod
    def is_of_this_city(cls, code: str) -> str:
        if not regions.is_kelurahan(code):
            raise ValueError(N_("Pilih kelurahan di Kota Makassar."))
        return code


class AddressOut(Address):
    id: UUID
    kelurahan: str
    kecamatan: str
    is_default: bool

    @classmethod
    def of(cls, row: "SavedAddress") -> "AddressOut":
        place = regions.kelurahan(row.kelurahan_code)
        return cls(**row.model_dump(include=set(cls.model_fields)), kelurahan=place.name, kecamatan=place.kecamatan)

    def line(self) -> str:
        """As a courier reads it, without the kelurahan, which an order names by itself."""
        who = f"{self.recipient} ({self.phone})" if self.phone else self.recipient
        return ", ".join(part for part in (who, self.street, self.note) if part)


class CloseAccount(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    password: str = Field(min_length=1, max_length=LONGEST_PASSWORD, repr=False)
