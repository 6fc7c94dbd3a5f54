"""What comes in and goes out of the engine. Never a table."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from civic.promises.models import Promise
from civic.promises.policy import clock_of
from civic.services import answers as forms
from civic.services import catalogue
from civic.services.catalogue import Service
from civic.services.models import Application, Slot
from common import clock
from common.money import LARGEST

Reason = Annotated[str, Field(min_length=3, max_length=500)]


class StartApplication(BaseModel):
    """`service`: its code."""

    service: str


class FillIn(BaseModel):
    """Answers by question; what is not named stays as it is."""

    answers: dict[str, str | int]


class CorrectionItem(BaseModel):
    """`target`: a question or a document by name."""

    target: str
    message: Annotated[str, Field(min_length=3, max_length=300)]


class AskCorrection(BaseModel):
    items: Annotated[list[CorrectionItem], Field(min_length=1, max_length=30)]


class CompleteStep(BaseModel):
    """`step`: the code of the step that the officer saw as next."""

    step: str
    note: Annotated[str, Field(max_length=500)] = ""


class Reject(BaseModel):
    reason: Reason


class SetLevy(BaseModel):
    """Whole rupiah. Nothing at all: what the rule proposes. Another amount, or an exemption (by its code; then zero), needs a reason."""

    amount: Annotated[int, Field(ge=0, le=LARGEST)] | None = None
    exemption: Annotated[str, Field(max_length=60)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""


class DecideLevy(BaseModel):
    """`levy_id`: the one that waits. A refusal needs a reason."""

    levy_id: UUID
    confirms: bool
    reason: Annotated[str, Field(max_length=500)] = ""


class ChooseSlot(BaseModel):
    slot_id: UUID


class ServiceOut(BaseModel):
    """A service's public standard (UU 25/2009): basis, requirements, procedure, time, fee, product, complaints."""

    code: str
    version: int
    name: str
    summary: str
    office: str
    office_name: str
    fact_class: str
    legal_basis: list[str]
    working_days: int
    time_class: str
    fee_kind: str
    fee: int
    fee_note: str
    complaint: str
    product: str | None
    needs_slot: bool
    questions: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    steps: list[dict[str, str]]

    @classmethod
    def of(cls, service: Service) -> "ServiceOut":
        return cls(
            code=service.code,
            version=service.version,
            name=str(service.name),
            summary=str(service.summary),
            office=service.office,
            office_name=service.office_name,
            fact_class=service.fact_class,
            legal_basis=list(service.legal_basis),
            working_days=service.working_days,
            time_class=service.time_class,
            fee_kind=service.fee.kind,
            fee=service.fee.amount,
            fee_note=str(service.fee.note or ""),
            complaint=str(service.complaint),
            product=str(service.product.title) if service.product else None,
            needs_slot=service.slot is not None,
            questions=[_question(one) for one in service.questions],
            documents=[
                {"name": one.name, "label": str(one.label), "required": one.required, "when": _when(one)} for one in service.documents
            ],
            steps=[{"code": step.code, "label": str(step.label)} for step in service.steps],
        )


class ApplicationOut(BaseModel):
    """One's own case. `answers` are for the applicant and the office only; NIK and KK are masked. `opens`: what a correction asks to be
    changed, and nothing else may be (null: none is open). `due_on`: the promised day; `credential_code`: for checking the product;
    `revision`: what a decision upon it may name in `If-Match`.
    """

    id: UUID
    revision: int
    reference: str
    service: str
    state: str
    answers: dict[str, str]
    steps_done: int
    steps: int
    fee: int | None
    exemption: str | None
    fee_due_at: datetime | None
    fee_intent_id: UUID | None
    opens: list[str] | None = None
    credential_id: UUID | None
    credential_code: str | None
    submitted_at: datetime | None
    moved_at: datetime
    due_on: date | None
    clock: str | None

    @classmethod
    def of(cls, application: Application, promise: Promise | None, code: str | None, opens: list[str] | None = None) -> "ApplicationOut":
        service = catalogue.of_case(application.service, application.version, application.office)
        plain = forms.unseal(application.id, application.answers)
        fields = application.model_dump(exclude={"answers"})
        shown = {one.name: forms.shown(one, plain[one.name], masked=True) for one in service.questions if one.name in plain}
        due = {"due_on": promise.due_on, "clock": clock_of(promise, clock.today())} if promise else {"due_on": None, "clock": None}
        return cls(**{**fields, "answers": shown, "steps": len(service.steps), "credential_code": code, "opens": opens, **due})


class DeskRow(BaseModel):
    """One file on an officer's desk: no personal data in a list."""

    id: UUID
    revision: int
    reference: str
    service: str
    state: str
    submitted_at: datetime | None
    officer_id: UUID | None
    due_on: date | None
    clock: str | None

    @classmethod
    def of(cls, application: Application, promise: Promise | None) -> "DeskRow":
        due = {"due_on": promise.due_on, "clock": clock_of(promise, clock.today())} if promise else {"due_on": None, "clock": None}
        return cls(**{**application.model_dump(include=set(cls.model_fields)), **due})


class FilledIn(BaseModel):
    """`problems`: what is wrong with the answers just given, by question; they are kept all the same."""

    application: ApplicationOut
    problems: dict[str, str]


class SlotOut(BaseModel):
    """A time in person; `left` places."""

    id: UUID
    office: str
    starts_at: datetime
    minutes: int
    left: int

    @classmethod
    def of(cls, slot: Slot) -> "SlotOut":
        return cls(**slot.model_dump(include={"id", "office", "starts_at", "minutes"}), left=slot.capacity - slot.booked)


class Attached(BaseModel):
    name: str
    file_id: UUID


def _question(question: catalogue.Question) -> dict[str, Any]:
    options = [{"value": option.value, "label": str(option.label)} for option in question.options]
    plain = {"name": question.name, "label": str(question.label), "type": question.type, "required": question.required}
    return {**plain, "options": options, "when": _when(question)}


def _when(one: catalogue.Question | catalogue.Document) -> dict[str, str] | None:
    return one.when.model_dump() if one.when else None
