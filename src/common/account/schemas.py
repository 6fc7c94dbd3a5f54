"""What comes in and what goes out of one's own things."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from common import offices, regions
from common.actor import Role
from common.audit import reading
from common.audit.reading import Purpose, Read
from common.i18n import N_
from common.i18n import gettext as _
from common.identity.policy import LONGEST_PASSWORD, address_of

if TYPE_CHECKING:
    from common.account.models import SavedAddress

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Recipient = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Street = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
READERS = {
    Role.OFFICER.value: N_("petugas"),
    Role.HEAD.value: N_("kepala kantor"),
    Role.OPERATOR.value: N_("operator"),
    Role.ADMIN.value: N_("admin"),
}


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


class ReadOut(BaseModel):
    """Somebody saw something of yours: who (name, role, office), what, why, how often on one day, and when last."""

    reader: str
    role: str
    office: str
    what: str
    label: str
    purpose: str
    because: str
    times: int
    last_at: datetime

    @classmethod
    def of(cls, names: Mapping[UUID, str], read: Read) -> "ReadOut":
        """In the words of the language spoken now."""
        return cls(
            reader=names.get(read.reader_id, ""),
            role=_(READERS[read.role]) if read.role in READERS else "",
            office=offices.name_of(read.office) if read.office else "",
            what=_(reading.SUBJECT_NAMES[read.subject_kind]),
            label=read.label,
            purpose=_(reading.PURPOSE_NAMES[Purpose(read.purpose)]),
            because=read.because,
            times=read.times,
            last_at=read.last_at,
        )
