"""Pages of the officer: the desk by what waits longest, a file with answers and documents side by side, a decision and its undoing.

Every form of a file carries the mark of what it shows (`policy.mark_of`). After a decision the file stays: the next one comes when it is
opened, so that no key can decide upon what nobody has looked at.
"""

import math
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import queries as promises
from civic.services import answers as forms
from civic.services import catalogue, products, queries, review, service, views
from civic.services.catalogue import Service
from civic.services.errors import NoSuchApplication, NoSuchLevy
from civic.services.models import AT_THE_OFFICE, STATE_NAMES, Application, DecisionKind, DecisionState, State
from civic.services.policy import is_officer, mark_of
from civic.services.service.reviewing import SHORTEST_REASON
from common import clock, guards, money
from common.actor import Actor, Role
from common.audit.reading import Purpose
from common.errors import Invalid
from common.files import queries as files
from common.i18n import gettext as _
from common.web import page, reshow, see_other
from common.web.paging import Cursor, page_of
from common.web.templating import Page

Web = Request[Any, Any, Any]
OFFICER = [guards.role(Role.OFFICER)]
ROWS = 40
TABS = ("waiting", State.CORRECTION, State.AWAITING_PAYMENT, State.ISSUED, State.REJECTED, State.EXPIRED)


@get("/meja", guards=OFFICER)
async def show_desk(
    session: AsyncSession,
    actor: Actor,
    tab: Annotated[str, QueryParameter(name="tampil")] = "waiting",
    code: Annotated[str, QueryParameter(name="layanan", max_length=60)] = "",
    cursor: Cursor = None,
) -> Page:
    """Files by what waits longest; state and service are links, so that a view can be kept and sent on."""
    offices = actor.offices(Role.OFFICER)
    tab = tab if tab in TABS else "waiting"
    states = sorted(AT_THE_OFFICE) if tab == "waiting" else [State(tab)]
    rows = await queries.desk(session, offices, states, cursor, ROWS, code)
    due = await promises.of_many(session, [row.id for row in rows])
    found = page_of(rows, ROWS, "desk", lambda row: (row.submitted_at, row.id), lambda row: (views.Case.of(row, due.get(row.id)), row))
    counts = await queries.desk_counts(session, offices)
    return page(
        "services/desk.html", rows=found.items, next=found.next, tabs=_tabs(counts, code), tab=tab, services=_services(offices, tab),
        code=code, offices=sorted(offices), first=await queries.waits_longest(session, offices),
    )  # fmt: skip


@get("/meja/terlambat", guards=[guards.role(Role.OFFICER, Role.HEAD, Role.OPERATOR)])
async def list_late(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Page:
    """Promises that were broken and are not kept yet: of one's own offices, for an operator of all. No personal data."""
    offices = None if actor.has(Role.OPERATOR) else actor.offices(Role.OFFICER) | actor.offices(Role.HEAD)
    late = await promises.late_of(session, offices, cursor, ROWS)
    found = page_of(late, ROWS, promises.LATE, lambda row: (row.due_on.isoformat(), row.id), lambda row: row)
    rows = await queries.by_ids(session, [one.subject_id for one in found.items])
    shown = [(views.Case.of(rows[one.subject_id], one), one) for one in found.items if one.subject_id in rows]
    return page("services/late.html", rows=shown, next=found.next, desks=actor.offices(Role.OFFICER))


def _tabs(counts: dict[State, int], code: str) -> list[tuple[str, str, str]]:
    kept = f"&layanan={quote(code)}" if code else ""
    return [(key, f"/meja?tampil={key}{kept}", f"{_tab_name(key)} ({_count(key, counts)})") for key in TABS]


def _services(offices: frozenset[str], tab: str) -> list[tuple[str, str, str]]:
    """The services of these offices as links, where there is a choice."""
    own = [one for one in catalogue.current() if one.office in offices]
    if len(own) < 2:
        return []
    return [
        ("", f"/meja?tampil={tab}", _("Semua layanan")),
        *((one.code, f"/meja?tampil={tab}&layanan={one.code}", str(one.name)) for one in own),
    ]


@get("/meja/{application_id:uuid}", guards=OFFICER)
async def show_file(session: AsyncSession, actor: Actor, application_id: UUID) -> Page:
    """Opening a file is a read of personal data: the query puts it on record."""
    application = await queries.visible(session, actor, application_id)
    if not is_officer(actor, application):
        raise NoSuchApplication
    return page("services/file.html", **await _file_context(session, actor, application))


@post("/meja/{application_id:uuid}/{deed:str}", guards=OFFICER)
async def act(session: AsyncSession, request: Web, actor: Actor, application_id: UUID, deed: str) -> Redirect | Page:
    """One deed of the office upon the file as it was shown; what is final is confirmed first. Then back to the file."""
    application = await queries.visible(session, actor, application_id, Purpose.DECIDE)
    if not is_officer(actor, application):
        raise NoSuchApplication
    context = await _file_context(session, actor, application)
    async with reshow(request, "services/file.html", **context) as form:
        application = await service.check_shown(session, actor, application_id, str(form.value("mark")))
        if deed in FINAL and not form.value("confirmed") and _is_final(deed, form, context):
            return page("services/confirm.html", **_to_confirm(context, deed, form))
        await _do(session, actor, application, deed, form)
    if deed in DECISIONS:
        return see_other(f"/meja/{application_id}#keputusan")  # where it can be undone
    return see_other(f"/meja/{application_id}", _("Sudah dicatat."))


@post("/meja/keputusan/{decision_id:uuid}/batal", guards=OFFICER)
async def undo_decision(session: AsyncSession, actor: Actor, decision_id: UUID) -> Redirect:
    """While it waits for its effect, one press takes a decision back."""
    decision = await service.undo(session, actor, decision_id)
    return see_other(f"/meja/{decision.application_id}", _("Keputusan dibatalkan. Tidak ada yang berubah."))


def _is_final(deed: str, form: Any, context: dict[str, Any]) -> bool:
    """A rejection with its reason, or the last step; a reason that is missing is asked for before the confirmation is."""
    if deed == "tolak":
        return len(str(form.value("reason"))) >= SHORTEST_REASON
    step = context["next_step"]
    return bool(context["is_last"] and step is not None and form.value("step") == step.code)


def _to_confirm(context: dict[str, Any], deed: str, form: Any) -> dict[str, Any]:
    """The deed once more in words, with all that was typed."""
    sent = {name: str(form.value(name))[:500] for name in ("mark", "step", "note", "reason") if form.value(name)}
    return {"application": context["application"], "service": context["service"], "case": context["case"], "deed": deed, "sent": sent}


async def _do(session: AsyncSession, actor: Actor, application: Application, deed: str, form: Any) -> None:
    """Decisions wait for ten seconds before they take effect; the rest is done at once."""
    if deed in DECISIONS:
        await service.decide(session, actor, application.id, str(form.value("mark")), *DECISIONS[deed](form))
        return
    await service.settle(session, actor, application)
    match deed:
        case "periksa":
            await service.take_up(session, actor, application.id)
        case "retribusi":
            await _set_levy(session, actor, application.id, form)
        case "retribusi-setuju" | "retribusi-tolak":
            confirms, levy_id = deed == "retribusi-setuju", _uuid(str(form.value("levy")))
            reason = str(form.value("reason"))
            await service.decide_levy(session, actor, application.id, levy_id, confirms=confirms, reason=reason)
        case _:
            raise NoSuchApplication


async def _set_levy(session: AsyncSession, actor: Actor, application_id: UUID, form: Any) -> None:
    """By the rule, or with what the officer typed; the page has other reasons beside this one's, so its field has a name of its own."""
    amount, exemption, reason = (str(form.value(name)) for name in ("amount", "exemption", "levy_reason"))
    rupiah = _rupiah(amount) if amount and not exemption else None
    try:
        await service.set_levy(session, actor, application_id, rupiah, reason=reason, exemption=exemption)
    except Invalid as error:
        error.fields = {"levy_reason" if name == "reason" else name: wrong for name, wrong in error.fields.items()}
        raise


def _step(form: Any) -> tuple[DecisionKind, dict[str, Any]]:
    return DecisionKind.STEP, {"code": str(form.value("step")), "note": str(form.value("note"))[:500]}


def _correction(form: Any) -> tuple[DecisionKind, dict[str, Any]]:
    """The messages typed beside questions and documents: fields `ask.<target>`."""
    named = [name for name in form.names() if name.startswith("ask.")]
    items = [{"target": name.removeprefix("ask."), "message": str(form.value(name))[:300]} for name in named]
    return DecisionKind.CORRECTION, {"items": items}


def _rejection(form: Any) -> tuple[DecisionKind, dict[str, Any]]:
    return DecisionKind.REJECTION, {"reason": str(form.value("reason"))[:500]}


DECISIONS = {"langkah": _step, "perbaikan": _correction, "tolak": _rejection}
FINAL = ("langkah", "tolak")


def _rupiah(text: str) -> int:
    digits = text.replace(".", "").replace("Rp", "").strip()
    if not (money.is_number(digits) and len(digits) <= 11):
        raise Invalid({"amount": _("Tulis dengan angka. Contoh: 250.000.")})
    return int(digits)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchLevy from None


async def _file_context(session: AsyncSession, actor: Actor, application: Application) -> dict[str, Any]:
    current = catalogue.of_case(application.service, application.version, application.office)
    answers = forms.unseal(application.id, application.answers)
    base = await views.case_context(session, actor, application)
    documents = await queries.documents(session, application.id)
    return {
        **base,
        "questions": [one for one in current.questions if answers.get(one.name) and forms.applies(one.when, answers)],
        "shown": {one.name: forms.shown(one, answers.get(one.name, ""), masked=False) for one in current.questions},
        "warnings": forms.warnings(current, answers),
        "documents": documents,
        "pdfs": await files.pdfs_among(session, [one.file_id for one in documents.values()]),
        "needed": forms.needed_documents(current, answers),
        "asides": await _asides(session, current, application, answers),
        "changes": await review.changes(session, application, current, masked=False),
        "following": await queries.next_on_desk(session, actor.offices(Role.OFFICER), application),
        **await _decision_context(session, actor, application, current),
    }


async def _decision_context(session: AsyncSession, actor: Actor, application: Application, current: Service) -> dict[str, Any]:
    """The mark, the decision that waits, and the step whose turn it is: behind a step that waits for its effect, the one after it."""
    last = await queries.last_decision(session, application.id)
    waiting = last if last is not None and last.state == DecisionState.PENDING else None
    steps = current.steps[application.steps_done :]
    step_waits = waiting is not None and waiting.kind == DecisionKind.STEP and waiting.decided_by == actor.person_id
    ahead = steps[1:] if step_waits else steps
    return {
        "mark": mark_of(application, last),
        "waiting": waiting,
        "seconds_left": max(1, math.ceil((waiting.effective_at - clock.now()).total_seconds())) if waiting else 0,
        "undoable": waiting is not None and waiting.decided_by == actor.person_id,
        "decided_step": steps[0] if step_waits and steps else None,
        "may_decide": application.state == State.IN_REVIEW and (waiting is None or bool(step_waits and ahead)),
        "next_step": ahead[0] if ahead else None,
        "is_last": len(ahead) == 1,
    }


async def _asides(session: AsyncSession, current: Service, application: Application, answers: forms.Answers) -> list[products.Aside]:
    """What the room that makes the product says of a file that is not decided yet."""
    workshop = products.WORKSHOPS.get(current.product.kind) if current.product else None
    if workshop is None or workshop.asides is None or application.state not in AT_THE_OFFICE:
        return []
    return await workshop.asides(session, application, answers)


def _tab_name(key: str) -> str:
    return _("Menunggu kantor") if key == "waiting" else _(STATE_NAMES[State(key)])


def _count(key: str, counts: dict[State, int]) -> int:
    return sum(counts.get(state, 0) for state in AT_THE_OFFICE) if key == "waiting" else counts.get(State(key), 0)


HANDLERS = [show_desk, list_late, show_file, act, undo_decision]
