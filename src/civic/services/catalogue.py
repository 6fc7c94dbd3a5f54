"""Services as data: read once from `definitions/*.toml`, checked, frozen. An application keeps the version that it began with.

Every fact about a service carries its class: A a Makassar source, B a national rule, C our assumption (shown as "belum diverifikasi").
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from civic.services.errors import NoSuchService
from common import i18n

FactClass = Literal["A", "B", "C"]
FieldType = Literal["text", "textarea", "date", "choice", "nik", "kk", "phone", "kelurahan", "number"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """A sentence in both languages."""

    id: str
    en: str

    def __str__(self) -> str:
        return self.en if i18n.locale() == "en" else self.id


class Condition(Frozen):
    """Applies only when another answer equals a value."""

    field: str
    equals: str


class Option(Frozen):
    value: str
    label: Text


class Question(Frozen):
    """One field of the form. `minimum` and `maximum` bound numbers; `past`: a date that cannot lie ahead."""

    name: str
    label: Text
    type: FieldType = "text"
    required: bool = True
    help: Text | None = None
    options: tuple[Option, ...] = ()
    when: Condition | None = None
    minimum: int | None = None
    maximum: int | None = None
    past: bool = False


class Group(Frozen):
    """Questions that stand on one screen."""

    code: str
    title: Text
    questions: tuple[Question, ...]


class Document(Frozen):
    name: str
    label: Text
    help: Text | None = None
    required: bool = True
    when: Condition | None = None


class Step(Frozen):
    """What the office does, in order; the last one decides."""

    code: str
    label: Text


class Fee(Frozen):
    """`none`; `fixed`: known beforehand; `levied`: set by an officer; `rate` rupiah a unit of `base` is the proposal."""

    kind: Literal["none", "fixed", "levied"] = "none"
    amount: int = Field(0, ge=0)
    rate: int = Field(0, ge=0)
    base: str = ""
    fact_class: FactClass = "B"
    note: Text | None = None


class SlotRule(Frozen):
    """Appointments in person: from `opens` to `closes` (WITA) on working days, each `minutes` long, for `capacity` citizens."""

    opens: str
    closes: str
    minutes: int = Field(gt=0)
    capacity: int = Field(1, gt=0)
    days_ahead: int = Field(5, gt=0)
    place: Text


class Product(Frozen):
    """What is issued: a credential of `kind`; `public` names the answers that the verification page shows."""

    kind: str
    title: Text
    valid_years: int | None = None
    public: tuple[str, ...] = ()


class Service(Frozen):
    """One service. `assurance`: the level that the applicant's identity must have."""

    code: str
    version: int
    office: str
    office_name: str
    name: Text
    summary: Text
    fact_class: FactClass
    legal_basis: tuple[str, ...]
    working_days: int = Field(gt=0)
    time_class: FactClass
    complaint: Text
    assurance: int = 1
    fee: Fee = Fee()
    slot: SlotRule | None = None
    product: Product | None = None
    groups: tuple[Group, ...]
    documents: tuple[Document, ...] = ()
    steps: tuple[Step, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for group in self.groups for question in group.questions)

    def group(self, code: str) -> Group | None:
        return next((group for group in self.groups if group.code == code), None)

    def document(self, name: str) -> Document | None:
        return next((document for document in self.documents if document.name == name), None)

    @model_validator(mode="after")
    def names_are_known(self) -> "Service":
        """A condition or a public answer that names no question is a mistake of the file: found at start, not by a citizen."""
        known = {question.name for question in self.questions}
        named = {one.when.field for one in self.questions if one.when} | {one.when.field for one in self.documents if one.when}
        named |= set(self.product.public) if self.product else set()
        named |= {self.fee.base} if self.fee.base else set()
        if unknown := named - known:
            raise ValueError(f"{self.code} names unknown questions: {sorted(unknown)}")
        if not self.steps:
            raise ValueError(f"{self.code} has no step")
        return self


@lru_cache(maxsize=1)
def _all() -> dict[tuple[str, int], Service]:
    files = sorted((Path(__file__).parent / "definitions").glob("*.toml"))
    services = [Service.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) for path in files]
    return {(service.code, service.version): service for service in services}


def current() -> list[Service]:
    """The newest version of every service, by code."""
    newest = {service.code: service for service in sorted(_all().values(), key=lambda s: s.version)}
    return [newest[code] for code in sorted(newest)]


def find(code: str, version: int | None = None) -> Service:
    """A service by code, newest version unless one is named. Raises NoSuchService."""
    found = _all().get((code, version)) if version else next((s for s in current() if s.code == code), None)
    if found is None:
        raise NoSuchService
    return found
