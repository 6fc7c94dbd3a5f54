"""Pages of the officer: the desk by what waits longest, a file with answers and documents side by side, the next one in one step."""

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
from civic.services.errors import NoSuchApplication, NoSuchLevy, NothingAsked
from civic.services.models import AT_THE_OFFICE, STATE_NAMES, Application, State
from civic.services.policy import is_officer
from common import guards
from common.actor import Actor, Role
from common.audit import service as audit
from common.credentials import queries as credentials
from common.credentials import service as issuing
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
    """Opening a file is a read of personal data: it is audited."""
    application = await queries.visible(session, actor, application_id)
    if not is_officer(actor, application):
        raise NoSuchApplication
    await audit.record(session, actor, "application.read", subject_kind="application", subject_id=application.id)
    return page("services/file.html", **await _file_context(session, actor, application))


@post("/meja/{application_id:uuid}/{deed:str}", guards=OFFICER)
async def act(session: AsyncSession, request: Web, actor: Actor, application_id: UUID, deed: str) -> Redirect:
    """One deed of the office upon a file; then back to the file, or on to the next when this one has left the desk."""
    application = await queries.visible(session, actor, application_id)
    context = await _file_context(session, actor, application)
    async with reshow(request, "services/file.html", **context) as form:
        await _do(session, actor, application, deed, form)
    following = await queries.next_on_desk(session, actor.offices(Role.OFFICER), application)
    if application.state in AT_THE_OFFICE or following is None or deed.startswith("retribusi"):
        return see_other(f"/meja/{application_id}", _("Sudah dicatat."))
    return see_other(f"/meja/{following}", _("Sudah dicatat. Ini permohonan berikutnya."))


async def _do(session: AsyncSession, actor: Actor, application: Application, deed: str, form: Any) -> None:
    application_id = application.id
    reason = str(form.value("reason"))
    match deed:
        case "periksa":
            await service.take_up(session, actor, application_id)
        case "langkah":
            await service.complete_step(session, actor, application_id, str(form.value("step")), str(form.value("note"))[:500])
        case "perbaikan":
            await service.ask_correction(session, actor, application_id, _asked(form))
        case "retribusi":
            await _set_levy(session, actor, application_id, form)
        case "retribusi-setuju" | "retribusi-tolak":
            confirms, levy_id = deed == "retribusi-setuju", _uuid(str(form.value("levy")))
            await service.decide_levy(session, actor, application_id, levy_id, confirms=confirms, reason=reason)
        case "tolak":
            await service.reject(session, actor, application_id, reason[:500])
        case "cabut":
            await _revoke(session, actor, application, reason)
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


async def _revoke(session: AsyncSession, actor: Actor, application: Application, reason: str) -> None:
    credential = await credentials.of_application(session, application.id)
    if credential is None:
        raise NoSuchApplication
    if len(reason) < 3:
        raise NothingAsked
    await issuing.revoke(session, actor, credential.id, reason[:500])
    await service.tell_revoked(session, application)


def _asked(form: Any) -> list[dict[str, Any]]:
    """The messages typed beside questions and documents: fields `ask.<target>`."""
    named = [name for name in form.names() if name.startswith("ask.")]
    return [{"target": name.removeprefix("ask."), "message": str(form.value(name))[:300]} for name in named]


def _rupiah(text: str) -> int:
    digits = text.replace(".", "").replace("Rp", "").strip()
    if not (digits.isdigit() and digits.isascii() and len(digits) <= 11):
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
        "next_step": current.steps[application.steps_done] if application.steps_done < len(current.steps) else None,
        "is_last": application.steps_done == len(current.steps) - 1,
        "asides": await _asides(session, current, application, answers),
        "changes": await review.changes(session, application, current, masked=False),
        "following": await queries.next_on_desk(session, actor.offices(Role.OFFICER), application),
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


HANDLERS = [show_desk, show_file, act]
