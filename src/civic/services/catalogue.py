"""Services as data: read once from `definitions/*.toml`, checked, frozen. An application keeps the version that it began with.

Every fact about a service carries its class: A a Makassar source, B a national rule, C our assumption (shown as "belum diverifikasi").
"""

import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from civic.services.errors import NoSuchService, VersionGone
from common import i18n

FactClass = Literal["A", "B", "C"]
SLOT = "slot"
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
    """What the office does, in order; the last one decides. `looks_at`: what it looks at, questions and documents by name; all if none."""

    code: str
    label: Text
    looks_at: tuple[str, ...] = ()


class Trait(Frozen):
    """Something that an answer shows: it is a word, or a number in a range. `default` is read where nothing was answered."""

    field: str
    equals: str = ""
    below: int | None = None
    at_least: int | None = None
    default: str = ""


class Weight(Frozen):
    """A number, where all of these show."""

    value: Decimal
    when: tuple[Trait, ...] = ()


class Factor(Frozen):
    """A number of a levy's formula: the first weight that fits; the last one always does. `share`: its part of a sum."""

    label: Text
    share: Decimal = Decimal(1)
    weights: tuple[Weight, ...]


class Exemption(Frozen):
    """Who pays nothing, by which law. With `when` it is proposed wherever all of these show."""

    code: str
    label: Text
    basis: str
    when: tuple[Trait, ...] = ()


class LevyRule(Frozen):
    """`base` x `tariff` (rupiah a unit) x each of `indexes` x the sum of `parameters`, at least `least` rupiah (see `tariffs`)."""

    base: str
    tariff: int = Field(gt=0)
    least: int = Field(0, ge=0)
    basis: str
    indexes: tuple[Factor, ...] = ()
    parameters: tuple[Factor, ...] = ()
    exemptions: tuple[Exemption, ...] = ()

    @property
    def traits(self) -> list[Trait]:
        weights = [trait for factor in (*self.indexes, *self.parameters) for weight in factor.weights for trait in weight.when]
        return weights + [trait for one in self.exemptions for trait in one.when]

    @property
    def looks_at(self) -> list[str]:
        """The questions whose answers it reads."""
        return sorted({self.base} | {trait.field for trait in self.traits})

    def exemption(self, code: str) -> Exemption | None:
        return next((one for one in self.exemptions if one.code == code), None)

    @model_validator(mode="after")
    def every_factor_has_a_weight_for_everybody(self) -> "LevyRule":
        if open_ended := [one.label.id for one in (*self.indexes, *self.parameters) if not one.weights or one.weights[-1].when]:
            raise ValueError(f"the last weight must fit whatever is answered: {open_ended}")
        return self


class Fee(Frozen):
    """`none`; `fixed`: known beforehand; `levied`: set by an officer by its `rule`, then to be paid within so many days."""

    kind: Literal["none", "fixed", "levied"] = "none"
    amount: int = Field(0, ge=0)
    rule: LevyRule | None = None
    pay_within_days: int = Field(30, gt=0)
    remind_after_days: tuple[int, ...] = (3, 10)
    fact_class: FactClass = "B"
    note: Text | None = None

    @model_validator(mode="after")
    def a_levy_has_its_rule(self) -> "Fee":
        if (self.kind == "levied") != (self.rule is not None):
            raise ValueError("a levy needs a rule, and nothing else has one")
        if (
            list(self.remind_after_days) != sorted(set(self.remind_after_days))
            or max(self.remind_after_days, default=0) >= self.pay_within_days
        ):
            raise ValueError("reminders come one after another, before the last day")
        return self


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

    @property
    def names(self) -> set[str]:
        """Everything that can be asked for: questions, documents, the appointment."""
        questions, documents = {one.name for one in self.questions}, {one.name for one in self.documents}
        return questions | documents | ({SLOT} if self.slot else set())

    @model_validator(mode="after")
    def names_are_known(self) -> "Service":
        """A condition or a public answer that names no question is a mistake of the file: found at start, not by a citizen."""
        known = {question.name for question in self.questions}
        named = {one.when.field for one in self.questions if one.when} | {one.when.field for one in self.documents if one.when}
        named |= set(self.product.public) if self.product else set()
        named |= set(self.fee.rule.looks_at) if self.fee.rule else set()
        seen = {name for step in self.steps for name in step.looks_at}
        if unknown := (named - known) | (seen - self.names):
            raise ValueError(f"{self.code} names unknown questions: {sorted(unknown)}")
        if len(self.names) != len(self.questions) + len(self.documents) + bool(self.slot):
            raise ValueError(f"{self.code} has two things of one name")
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
    """A service by code, newest version unless one is named. Raises NoSuchService, and VersionGone for a version that is not here (now)."""
    newest = next((one for one in current() if one.code == code), None)
    found = _all().get((code, version)) if version else newest
    if found is None:
        raise VersionGone if version else NoSuchService
    return found


def of_case(code: str, version: int, office: str) -> Service:
    """What a case is *shown* by: its version, else (the files were rolled back) the newest of its service, else its bare name.

    Whoever acts upon a case uses `find`, which refuses.
    """
    newest = next((one for one in current() if one.code == code), None)
    return _all().get((code, version)) or newest or _bare(code, version, office)


def _bare(code: str, version: int, office: str) -> Service:
    name, nothing = Text(id=code, en=code), Text(id="", en="")
    return Service(
        code=code, version=version, office=office, office_name=office, name=name, summary=nothing, fact_class="C", legal_basis=(),
        working_days=1, time_class="C", complaint=nothing, groups=(), steps=(Step(code="", label=nothing),),
    )  # fmt: skip
