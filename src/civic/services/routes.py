"""JSON of the engine: the catalogue for anybody, applications for their owners, the desk for officers."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.enums import RequestEncodingType
from litestar.params import Body, HeaderParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import queries as promises
from civic.promises.models import Promise
from civic.services import catalogue, levies, queries, service
from civic.services.models import AT_THE_OFFICE, Application, State
from civic.services.papers import AS_PDF, pdf
from civic.services.schemas import (
    ApplicationOut,
    AskCorrection,
    Attached,
    ChooseSlot,
    CompleteStep,
    DeskRow,
    FilledIn,
    FillIn,
    Reject,
    ServiceOut,
    SlotOut,
    StartApplication,
)
from common import guards
from common.actor import Actor, Role
from common.credentials import queries as credentials
from common.files import uploads
from common.files.schemas import OneFile
from common.web.paging import Cursor, Limit, Page, page_of

CITIZEN = [guards.assured(1), guards.scope("applications")]
OFFICER = [guards.role(Role.OFFICER), guards.scope("desk")]
AsShown = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description='`"<revision>"` of the application that was read: 409 once it has changed', max_length=80),
]


@get("/services", guards=[guards.public], sync_to_thread=False)
def list_services() -> Page[ServiceOut]:
    """The whole catalogue: it is short."""
    return Page(items=[ServiceOut.of(one) for one in catalogue.current()])


@get("/services/{code:str}", guards=[guards.public], sync_to_thread=False)
def show_service(code: str) -> ServiceOut:
    return ServiceOut.of(catalogue.find(code))


@get("/services/{code:str}/slots", guards=[guards.public])
async def list_slots(session: AsyncSession, code: str) -> Page[SlotOut]:
    """The next hundred free times."""
    return Page(items=[SlotOut.of(slot) for slot in await queries.free_slots(session, catalogue.find(code).code)])


@post("/applications", guards=CITIZEN)
async def start_application(session: AsyncSession, actor: Actor, data: StartApplication) -> ApplicationOut:
    return await _shown(session, await service.start(session, actor, data.service))


@get("/applications", guards=CITIZEN)
async def list_applications(session: AsyncSession, actor: Actor, limit: Limit = 20, cursor: Cursor = None) -> Page[ApplicationOut]:
    """One's own, newest first."""
    rows = await queries.of_applicant(session, actor.person_id, cursor, limit)
    due = await promises.of_many(session, [row.id for row in rows])
    codes = await credentials.codes_of(session, [row.id for row in rows])
    return page_of(
        rows, limit, "applications", lambda row: (row.id,), lambda row: ApplicationOut.of(row, due.get(row.id), codes.get(row.id))
    )


@get("/applications/{application_id:uuid}", guards=[guards.signed_in, guards.scope("applications")])
async def show_application(session: AsyncSession, actor: Actor, application_id: UUID) -> ApplicationOut:
    return await _shown(session, await queries.visible(session, actor, application_id))


@patch("/applications/{application_id:uuid}", guards=CITIZEN)
async def fill_application(session: AsyncSession, actor: Actor, application_id: UUID, data: FillIn) -> FilledIn:
    """Keep answers, complete or not; what is wrong with them is said, not refused."""
    application, problems = await service.fill(session, actor, application_id, data.answers)
    return FilledIn(application=await _shown(session, application), problems=problems)


@put("/applications/{application_id:uuid}/documents/{name:str}", guards=[*CITIZEN, uploads.takes(service.PURPOSE, only="data")])
async def attach_document(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    actor: Actor,
    application_id: UUID,
    name: str,
    data: Annotated[OneFile, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Attached:
    """Multipart with one file, field `data`: JPG, PNG, WebP, HEIC or PDF."""
    file_id = await service.attach(session, actor, application_id, name, uploads.one_of(request, "data"))
    return Attached(name=name, file_id=file_id)


@put("/applications/{application_id:uuid}/slot", guards=CITIZEN)
async def choose_slot(session: AsyncSession, actor: Actor, application_id: UUID, data: ChooseSlot) -> ApplicationOut:
    await service.book_slot(session, actor, application_id, data.slot_id)
    return await _shown(session, await queries.visible(session, actor, application_id))


@post("/applications/{application_id:uuid}/submission", guards=CITIZEN)
async def submit_application(session: AsyncSession, actor: Actor, application_id: UUID) -> ApplicationOut:
    return await _shown(session, *await service.submit(session, actor, application_id))


@delete("/applications/{application_id:uuid}", guards=CITIZEN, status_code=200)
async def withdraw_application(session: AsyncSession, actor: Actor, application_id: UUID) -> ApplicationOut:
    return await _shown(session, await service.withdraw(session, actor, application_id))


@get("/applications/{application_id:uuid}/certificate", guards=[guards.signed_in, guards.scope("applications")], responses={200: AS_PDF})
async def show_certificate(session: AsyncSession, actor: Actor, application_id: UUID) -> Response[bytes]:
    """The product as PDF."""
    return pdf(*await service.certificate(session, actor, application_id))


@get("/desk/applications", guards=OFFICER)
async def list_desk(
    session: AsyncSession,
    actor: Actor,
    wanted: Annotated[State | None, QueryParameter(name="state")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DeskRow]:
    """Files of the officer's offices that wait there, the longest waiting first; or those in one state."""
    states = [wanted] if wanted and wanted != State.DRAFT else sorted(AT_THE_OFFICE)
    rows = await queries.desk(session, actor.offices(Role.OFFICER), states, cursor, limit)
    due = await promises.of_many(session, [row.id for row in rows])
    return page_of(rows, limit, "desk", lambda row: (row.submitted_at, row.id), lambda row: DeskRow.of(row, due.get(row.id)))


@post("/desk/applications/{application_id:uuid}/review", guards=OFFICER, status_code=200)
async def take_up_application(session: AsyncSession, actor: Actor, application_id: UUID, as_shown: AsShown = None) -> ApplicationOut:
    await _check(session, actor, application_id, as_shown)
    return await _shown(session, await service.take_up(session, actor, application_id))


@post("/desk/applications/{application_id:uuid}/corrections", guards=OFFICER)
async def ask_for_correction(
    session: AsyncSession, actor: Actor, application_id: UUID, data: AskCorrection, as_shown: AsShown = None
) -> ApplicationOut:
    await _check(session, actor, application_id, as_shown)
    items = [item.model_dump() for item in data.items]
    return await _shown(session, await service.ask_correction(session, actor, application_id, items))


@post("/desk/applications/{application_id:uuid}/steps", guards=OFFICER)
async def complete_step(
    session: AsyncSession, actor: Actor, application_id: UUID, data: CompleteStep, as_shown: AsShown = None
) -> ApplicationOut:
    await _check(session, actor, application_id, as_shown)
    return await _shown(session, await service.complete_step(session, actor, application_id, data.step, data.note))


@post("/desk/applications/{application_id:uuid}/rejection", guards=OFFICER)
async def reject_application(
    session: AsyncSession, actor: Actor, application_id: UUID, data: Reject, as_shown: AsShown = None
) -> ApplicationOut:
    await _check(session, actor, application_id, as_shown)
    return await _shown(session, await service.reject(session, actor, application_id, data.reason))


async def _check(session: AsyncSession, actor: Actor, application_id: UUID, as_shown: str | None) -> None:
    """A program names the file, and the step, by itself; with `If-Match` also the state in which it read them."""
    if as_shown is not None and as_shown.strip() != "*":
        await service.check_shown(session, actor, application_id, as_shown.strip().strip('"'))


async def _shown(session: AsyncSession, application: Application, promise: Promise | None = None) -> ApplicationOut:
    """With its promise (read unless the caller has it) and the code of what it brought; a draft has neither, so nothing is asked."""
    if promise is None and application.submitted_at is not None:
        promise = await promises.of(session, application.id)
    codes = await credentials.codes_of(session, [application.id]) if application.credential_id else {}
    correction = await queries.open_correction(session, application.id) if application.state == State.CORRECTION else None
    return ApplicationOut.of(application, promise, codes.get(application.id), correction.opens if correction else None)


router = Router(
    path="/api/v1",
    tags=["services"],
    route_handlers=[
        list_services,
        show_service,
        list_slots,
        start_application,
        list_applications,
        show_application,
        fill_application,
        attach_document,
        choose_slot,
        submit_application,
        withdraw_application,
        show_certificate,
        list_desk,
        take_up_application,
        ask_for_correction,
        complete_step,
        reject_application,
        *levies.HANDLERS,
    ],
)
