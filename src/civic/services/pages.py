"""Pages of the citizen: the catalogue, a service's standard, one's applications, the form a group at a time, the case."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import queries as promises
from civic.services import answers as forms
from civic.services import catalogue, desk, occasions, queries, service, views
from civic.services.papers import pdf
from common import guards
from common.actor import Actor
from common.errors import Invalid
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from common.web.bodies import TAKES, UPLOAD
from common.web.paging import Cursor, page_of
from common.web.templating import Page

Web = Request[Any, Any, Any]
CITIZEN = [guards.assured(1)]
ROWS = 20
NOT_KEPT = {"Cache-Control": "no-store"}


@get("/layanan", guards=[guards.public], sync_to_thread=False)
def list_services(q: Annotated[str, QueryParameter(max_length=200)] = "") -> Page:
    """By what happens in a life and by office; with words, what they sound like first. Neither is logged nor kept: it may be illness."""
    words = q.strip()
    return page(
        "services/list.html", headers=NOT_KEPT if words else {}, found=occasions.sounding_like(words),
        emergency=occasions.is_emergency(words), occasions=occasions.every(), offices=occasions.by_office(), q=words, section="city",
    )  # fmt: skip


@get("/layanan/peristiwa/{code:str}", guards=[guards.public], sync_to_thread=False)
def show_occasion(code: str) -> Page:
    """What is to be arranged, in order, each with its time and fee."""
    occasion = occasions.find(code)
    return page("services/occasion.html", occasion=occasion, ways=[occasions.way_to(one) for one in occasion.services], section="city")


@get("/layanan/{code:str}", guards=[guards.public], sync_to_thread=False)
def show_service(code: str) -> Page:
    return page("services/standard.html", service=catalogue.find(code), section="city")


@post("/layanan/{code:str}/mulai", guards=CITIZEN)
async def start_application(session: AsyncSession, actor: Actor, code: str) -> Redirect:
    application = await service.start(session, actor, code)
    return see_other(f"/permohonan/{application.id}/isi")


@get("/permohonan", guards=[guards.signed_in])
async def list_applications(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Page:
    rows = await queries.of_applicant(session, actor.person_id, cursor, ROWS)
    due = await promises.of_many(session, [row.id for row in rows])
    found = page_of(rows, ROWS, "applications", lambda row: (row.id,), lambda row: views.Case.of(row, due.get(row.id)))
    return page("services/mine.html", cases=found.items, next=found.next, section="city")


@get("/permohonan/{application_id:uuid}", guards=[guards.signed_in])
async def show_application(session: AsyncSession, actor: Actor, application_id: UUID) -> Page:
    application = await queries.visible(session, actor, application_id)
    return page("services/case.html", fragment="case", **await views.case_context(session, actor, application), section="city")


@get("/permohonan/{application_id:uuid}/isi", guards=CITIZEN)
async def show_form(
    session: AsyncSession, actor: Actor, application_id: UUID, part: Annotated[str | None, QueryParameter(name="bagian")] = None
) -> Page:
    """One group of questions, then the documents, then all of it for a last look."""
    application = await queries.visible(session, actor, application_id)
    context = await views.form_context(session, application, part)
    return page("services/form.html", headers=NOT_KEPT, form=Form.filled(**context["answers"]), **context, section="city")


@post("/permohonan/{application_id:uuid}/isi", guards=CITIZEN)
async def fill_group(
    session: AsyncSession, request: Web, actor: Actor, application_id: UUID, part: Annotated[str, QueryParameter(name="bagian")]
) -> Redirect:
    """Keep one group's answers; they are kept also when something is wrong, and the page says what."""
    application = await queries.visible(session, actor, application_id)
    current = catalogue.find(application.service, application.version)
    group, opens = current.group(part), await views.opens_of(session, application)
    context = await views.form_context(session, application, part)
    async with reshow(request, "services/form.html", **context, section="city") as form:
        names = [one.name for one in group.questions if opens is None or one.name in opens or one.name in form.names()] if group else []
        await service.fill(session, actor, application_id, {name: form.value(name) for name in names})
    answers = forms.unseal(application.id, application.answers)
    if forms.check(current, answers, only=frozenset(names)):
        return see_other(f"/permohonan/{application_id}/isi?bagian={part}&periksa=1")
    return see_other(f"/permohonan/{application_id}/isi?bagian={views.part_after(current, part, opens)}")


@post("/permohonan/{application_id:uuid}/berkas/{name:str}", guards=CITIZEN, opt={TAKES: UPLOAD})
async def attach_document(session: AsyncSession, request: Web, actor: Actor, application_id: UUID, name: str) -> Redirect:
    application = await queries.visible(session, actor, application_id)
    context = await views.form_context(session, application, views.DOCUMENTS)
    async with reshow(request, "services/form.html", **context, section="city") as form:
        upload = (await request.form()).get(name)
        if not isinstance(upload, UploadFile) or not upload.filename:
            raise Invalid({name: _("Pilih dulu berkasnya.")})
        try:
            await service.attach(session, actor, application_id, name, data=await upload.read(), filename=upload.filename)
        except Invalid as error:
            form.errors[name] = str(error)
            raise
    return see_other(f"/permohonan/{application_id}/isi?bagian={views.DOCUMENTS}", _("Berkas sudah kami terima."))


@post("/permohonan/{application_id:uuid}/jadwal", guards=CITIZEN)
async def choose_slot(session: AsyncSession, request: Web, actor: Actor, application_id: UUID) -> Redirect:
    application = await queries.visible(session, actor, application_id)
    context = await views.form_context(session, application, views.SLOT)
    async with reshow(request, "services/form.html", **context, section="city") as form:
        chosen = form.value("slot")
        try:
            slot_id = UUID(str(chosen))
        except ValueError:
            raise Invalid({"slot": _("Pilih dulu jadwalnya.")}) from None
        await service.book_slot(session, actor, application_id, slot_id)
    return see_other(f"/permohonan/{application_id}/isi?bagian={views.REVIEW}", _("Jadwal Anda sudah dicatat."))


@post("/permohonan/{application_id:uuid}/kirim", guards=CITIZEN)
async def submit_application(session: AsyncSession, request: Web, actor: Actor, application_id: UUID) -> Redirect:
    application = await queries.visible(session, actor, application_id)
    context = await views.form_context(session, application, views.REVIEW)
    async with reshow(request, "services/form.html", **context, section="city"):
        await service.submit(session, actor, application_id)
    return see_other(f"/permohonan/{application_id}", _("Permohonan Anda sudah kami terima."))


@post("/permohonan/{application_id:uuid}/tarik", guards=CITIZEN)
async def withdraw_application(session: AsyncSession, actor: Actor, application_id: UUID) -> Redirect:
    await service.withdraw(session, actor, application_id)
    return see_other(f"/permohonan/{application_id}", _("Permohonan sudah ditarik."))


@get("/permohonan/{application_id:uuid}/dokumen", guards=[guards.signed_in])
async def download_certificate(session: AsyncSession, actor: Actor, application_id: UUID) -> Response[bytes]:
    return pdf(*await service.certificate(session, actor, application_id))


router = Router(
    path="/",
    include_in_schema=False,
    route_handlers=[
        list_services,
        show_occasion,
        show_service,
        start_application,
        list_applications,
        show_application,
        show_form,
        fill_group,
        attach_document,
        choose_slot,
        submit_application,
        withdraw_application,
        download_certificate,
        *desk.HANDLERS,
    ],
)
