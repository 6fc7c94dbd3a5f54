"""What the pages show of a case: the parts of its form, its timeline, its clock in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import queries as promises
from civic.promises import working_days
from civic.promises.models import Clock, Promise
from civic.promises.policy import clock_of
from civic.services import answers as forms
from civic.services import catalogue, policy, queries, review, tariffs
from civic.services.catalogue import Service
from civic.services.models import APPLICANTS_MOVE, ENDED, STATE_NAMES, Application, State
from civic.services.service.filling import missing_of
from common import clock
from common.actor import Actor
from common.credentials import queries as credentials
from common.files.purposes import DOCUMENTS as DOCUMENT_KINDS
from common.i18n import N_, ngettext, waktu
from common.i18n import gettext as _
from common.payments import queries as payments

DOCUMENTS, SLOT, REVIEW = "berkas", "jadwal", "periksa"
ACCEPT = ",".join(sorted(DOCUMENT_KINDS))
TONES = {
    State.CORRECTION: "warn",
    State.AWAITING_PAYMENT: "warn",
    State.ISSUED: "good",
    State.REJECTED: "bad",
    State.EXPIRED: "bad",
    State.SUBMITTED: "note",
    State.IN_REVIEW: "note",
}
CLOCKS = {
    Clock.RUNNING: (N_("Masih dalam waktu"), "good"),
    Clock.SOON: (N_("Batasnya besok"), "warn"),
    Clock.LATE: (N_("Terlambat"), "bad"),
    Clock.PAUSED: (N_("Menunggu pemohon"), ""),
    Clock.KEPT: (N_("Tepat waktu"), "good"),
    Clock.DROPPED: (N_("Dihentikan"), ""),
}


@dataclass(frozen=True)
class Case:
    """One row of a list."""

    id: UUID
    reference: str
    service: str
    state: str
    tone: str
    due_on: date | None
    clock: str
    clock_tone: str
    waits_for_applicant: bool

    @classmethod
    def of(cls, application: Application, promise: Promise | None) -> "Case":
        words, tone = clock_words(promise) if promise else ("", "")
        return cls(
            application.id,
            application.reference,
            str(catalogue.of_case(application.service, application.version, application.office).name),
            _(STATE_NAMES[application.state]),
            TONES.get(application.state, ""),
            promise.due_on if promise else None,
            words,
            tone,
            application.state in APPLICANTS_MOVE,
        )


def clock_words(promise: Promise) -> tuple[str, str]:
    """What the promise's clock says in the reader's language, and its tone: colour never stands alone."""
    today = clock.today()
    found = clock_of(promise, today)
    words, tone = CLOCKS[found]
    if found is Clock.SOON and promise.due_on == today:
        return _("Batasnya hari ini"), tone
    if found is Clock.LATE and promise.ended_at is None:
        days = working_days.between(promise.due_on, today)
        return ngettext("Terlambat %(n)s hari kerja", "Terlambat %(n)s hari kerja", max(days, 1)), tone
    if found is Clock.RUNNING:
        left = working_days.between(today, promise.due_on)
        return ngettext("Sisa %(n)s hari kerja", "Sisa %(n)s hari kerja", left), tone
    return _(words), tone


def parts_of(service: Service, opens: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """(code, title) of the form's screens, in order; with `opens` (a correction's) those that hold something to be mended."""
    held = {group.code: {one.name for one in group.questions} for group in service.groups}
    parts = [(group.code, str(group.title)) for group in service.groups]
    if service.documents:
        held[DOCUMENTS] = {one.name for one in service.documents}
        parts.append((DOCUMENTS, _("Berkas")))
    if service.slot:
        held[SLOT] = {catalogue.SLOT}
        parts.append((SLOT, _("Jadwal")))
    wanted = [part for part in parts if opens is None or held[part[0]] & opens]
    return [*wanted, (REVIEW, _("Periksa dan kirim"))]


def part_after(service: Service, part: str, opens: frozenset[str] | None = None) -> str:
    codes = [code for code, _title in parts_of(service, opens)]
    return codes[min(codes.index(part) + 1, len(codes) - 1)] if part in codes else codes[0]


def first_to_mend(service: Service, opens: frozenset[str]) -> str:
    """Where in the form the first thing stands that must be corrected: the end of the form's address."""
    for group in service.groups:
        for question in group.questions:
            if question.name in opens:
                return f"?bagian={group.code}#f-{question.name}"
    paper = next((one.name for one in service.documents if one.name in opens), None)
    return f"?bagian={DOCUMENTS}#berkas-{paper}" if paper else f"?bagian={parts_of(service, opens)[0][0]}"


async def opens_of(session: AsyncSession, application: Application) -> frozenset[str] | None:
    """What may be changed now; None: everything."""
    if application.state != State.CORRECTION:
        return None
    correction = await queries.open_correction(session, application.id)
    return frozenset(correction.opens if correction else ())


async def form_context(session: AsyncSession, application: Application, part: str | None) -> dict[str, Any]:
    """Everything that one screen of the form shows."""
    service = catalogue.find(application.service, application.version)
    answers = forms.unseal(application.id, application.answers)
    opens = await opens_of(session, application)
    codes = [code for code, _title in parts_of(service, opens)]
    part = part if part in codes else codes[0]
    estimate = tariffs.propose(service, answers) if part == REVIEW else None
    correction = await queries.open_correction(session, application.id)
    held = await queries.booking(session, application.id) if service.slot else None
    free = await queries.free_slots(session, service.code) if part == SLOT else []
    return {
        "application": application,
        "service": service,
        "answers": answers,
        "parts": parts_of(service, opens),
        "opens": opens if opens is not None else frozenset(service.names),
        "closed": _closed_rows(service, part, answers, opens),
        "estimate": estimate,
        "estimate_rows": tariffs.rows(estimate.lines) if estimate else [],
        "part": part,
        "group": service.group(part),
        "needed": forms.needed_documents(service, answers),
        "attached": await queries.documents(session, application.id),
        "accept": ACCEPT,
        "asked": {item["target"]: item["message"] for item in correction.items} if correction else {},
        "slots": [(str(slot.id), waktu(slot.starts_at)) for slot in free],
        "held": held[1] if held else None,
        "missing": await missing_of(session, application, service, answers) if part == REVIEW else {},
        "problems": forms.check(service, answers),
        "review": grouped_rows(service, answers),
        "options": {one.name: [(option.value, str(option.label)) for option in one.options] for one in service.questions},
        "labels": {**labels(service), "slot": _("Jadwal")},
        "next_part": part_after(service, part, opens),
        "place": codes.index(part) + 1,
        "previous_part": codes[codes.index(part) - 1] if part != codes[0] else None,
    }


async def case_context(session: AsyncSession, actor: Actor, application: Application) -> dict[str, Any]:
    """Everything that the page of a case shows to its applicant (or, read only, to the office)."""
    service = catalogue.of_case(application.service, application.version, application.office)
    promise = await promises.of(session, application.id)
    correction = await queries.open_correction(session, application.id)
    held = await queries.booking(session, application.id) if service.slot else None
    return {
        "application": application,
        "service": service,
        "case": Case.of(application, promise),
        "promise": promise,
        "timeline": await timeline(session, application, service),
        "correction": correction,
        "labels": labels(service),
        "mend_at": first_to_mend(service, frozenset(correction.opens)) if correction else "",
        "levy": await review.levy_context(session, actor, application, service),
        "payment": await _payment(session, application),
        "credential": await credentials.of_application(session, application.id),
        "held": held[1] if held else None,
        "mine": policy.is_applicant(actor, application),
        "rows": answer_rows(service, forms.unseal(application.id, application.answers), masked=True),
    }


async def timeline(session: AsyncSession, application: Application, service: Service) -> list[dict[str, Any]]:
    """Moves and steps that happened, then the steps still to come."""
    moves = await queries.history(session, application.id)
    past = [(move.moved_at, _(STATE_NAMES[State(move.to_state)]), move.moved_because) for move in moves if move.to_state != State.DRAFT]
    done = await queries.steps(session, application.id)
    names = {step.code: str(step.label) for step in service.steps}
    again = _("Dibuka lagi, karena isian atau berkas yang diperiksa berubah.")
    past += [
        (step.done_at, names.get(step.code, step.code), step.note or again) for step in await queries.reopened(session, application.id)
    ]
    past += [(step.done_at, names.get(step.code, step.code), step.note) for step in done]
    entries = [{"label": label, "at": at, "note": note, "done": True, "current": False} for at, label, note in sorted(past)]
    if entries and application.state not in ENDED:
        entries[-1]["current"] = True
        ahead = service.steps[application.steps_done :]
        entries += [{"label": str(step.label), "at": None, "note": "", "done": False, "current": False} for step in ahead]
    return entries


async def _payment(session: AsyncSession, application: Application) -> str:
    """How the payment of a fee that is due stands: `open`; `closing` while another sum takes its place; "" when none is due."""
    if application.state != State.AWAITING_PAYMENT or application.fee_intent_id is None:
        return ""
    intent = await payments.by_id(session, application.fee_intent_id)
    return "open" if intent.is_open and intent.close_wanted_at is None and intent.amount == application.fee else "closing"


def answer_rows(service: Service, answers: forms.Answers, *, masked: bool) -> list[tuple[str, str]]:
    """(label, value) of what was answered and applies."""
    asked = [one for one in service.questions if answers.get(one.name) and forms.applies(one.when, answers)]
    return [(str(one.label), forms.shown(one, answers[one.name], masked=masked)) for one in asked]


def _closed_rows(service: Service, part: str, answers: forms.Answers, opens: frozenset[str] | None) -> list[tuple[str, str]]:
    """What stands on the same screen and is not to be corrected."""
    group = service.group(part)
    if group is None or opens is None:
        return []
    shut = [one for one in group.questions if one.name not in opens and answers.get(one.name) and forms.applies(one.when, answers)]
    return [(str(one.label), forms.shown(one, answers[one.name], masked=True)) for one in shut]


def grouped_rows(service: Service, answers: forms.Answers) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(code, title, rows) of each screen, for the applicant's own last look before sending: all digits, or a wrong one is never seen."""
    found = []
    for group in service.groups:
        asked = [one for one in group.questions if answers.get(one.name) and forms.applies(one.when, answers)]
        found.append((group.code, str(group.title), [(str(one.label), forms.shown(one, answers[one.name], masked=False)) for one in asked]))
    return found


def labels(service: Service) -> dict[str, str]:
    """The name of every question and document."""
    return {one.name: str(one.label) for one in service.questions} | {one.name: str(one.label) for one in service.documents}
