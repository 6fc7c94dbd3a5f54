"""The applicant's moves: start, fill, attach, book, submit, withdraw."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import service as promises
from civic.services import answers as forms
from civic.services import catalogue, queries
from civic.services.catalogue import Service
from civic.services.errors import (
    Incomplete,
    NoAppointment,
    NoSuchApplication,
    NoSuchDocument,
    NoSuchSlot,
    SlotFull,
    SlotMissing,
    SlotOver,
)  # fmt: skip
from civic.services.models import Application, ApplicationDocument, Booking, State
from civic.services.policy import check_may_fill, is_applicant
from civic.services.service import correcting
from civic.services.service.telling import tell_move
from common import clock, ids
from common.actor import Actor, Role
from common.errors import DomainError
from common.files import purposes
from common.files import service as files
from common.files.models import StoredFile
from common.files.schemas import Upload
from common.i18n import gettext as _
from common.identity import queries as identity
from common.payments import service as payments

if TYPE_CHECKING:
    from civic.promises.models import Promise

PURPOSE = "application-document"


async def start(session: AsyncSession, actor: Actor, service_code: str) -> Application:
    """Open a draft for the newest version of a service. A fee that is known beforehand is set now."""
    service = catalogue.find(service_code)
    draft = Application(
        reference=ids.reference("PMH"),
        service=service.code,
        version=service.version,
        office=service.office,
        applicant_id=actor.person_id,
        answers={},
        fee=None if service.fee.kind == "levied" else service.fee.amount,
        levied=service.fee.kind == "levied",
        moved_by=actor.person_id,
    )
    session.add(draft)
    await session.flush()
    return draft


async def fill(session: AsyncSession, actor: Actor, application_id: UUID, given: Mapping[str, Any]) -> tuple[Application, dict[str, str]]:
    """Keep what was typed, complete or not (autosave); returns what is wrong with it so far, by question.

    Raises NotAsked for a change of what a correction does not open.
    """
    application, service, answers = await _open_for_filling(session, actor, application_id)
    fresh = forms.tidy(service, given)
    changed = {name: value for name, value in fresh.items() if answers.get(name, "") != value}
    await correcting.check_asked(session, application, changed)
    application.answers = {**application.answers, **forms.seal(application.id, changed)}
    await session.flush()
    return application, forms.check(service, answers | changed, only=frozenset(fresh), complete=False)


async def attach(session: AsyncSession, actor: Actor, application_id: UUID, name: str, upload: Upload) -> UUID:
    """Hand in one document; a newer one takes the place of an older one, which goes, unless a correction remembers it.

    Returns the file's id. Raises NoSuchDocument, NotAsked and what `files.take` raises.
    """
    application, service, _answers = await _open_for_filling(session, actor, application_id)
    if service.document(name) is None:
        raise NoSuchDocument
    await correcting.check_asked(session, application, [name])
    file = await files.take(session, actor, upload, PURPOSE)
    replaced = (await queries.documents(session, application.id)).get(name)
    row = {"application_id": application.id, "name": name, "file_id": file.id, "uploaded_at": clock.now()}
    put = insert(ApplicationDocument).values(row)
    await session.execute(
        put.on_conflict_do_update(index_elements=["application_id", "name"], set_={"file_id": file.id, "uploaded_at": row["uploaded_at"]})
    )
    if replaced is not None and not await queries.is_remembered(session, application.id, replaced.file_id):
        await files.drop(session, [replaced.file_id])
    return file.id


async def book_slot(session: AsyncSession, actor: Actor, application_id: UUID, slot_id: UUID) -> None:
    """Take a place in a slot; a place taken before is given back. Slots are locked in id order.

    Raises NoAppointment for a service without any, and why this one cannot be had: NoSuchSlot, SlotOver, SlotFull.
    """
    application, service, _answers = await _open_for_filling(session, actor, application_id)
    if service.slot is None:
        raise NoAppointment
    held = await queries.booking(session, application.id)
    if held is not None and held[1].id == slot_id:
        return
    if held is None or held[1].starts_at > clock.now():  # a time that has passed is chosen anew without being asked
        await correcting.check_asked(session, application, [catalogue.SLOT])
    if held is not None and held[1].id < slot_id:
        await _give_back(session, held[0])
    if not await queries.take_place(session, slot_id, service.code):
        raise await _why_not(session, slot_id, service)
    if held is not None and held[1].id > slot_id:
        await _give_back(session, held[0])
    session.add(Booking(application_id=application.id, slot_id=slot_id))
    await session.flush()


async def _why_not(session: AsyncSession, slot_id: UUID, service: Service) -> DomainError:
    slot = await queries.slot(session, slot_id, service.code)
    if slot is None:
        return NoSuchSlot()
    return SlotOver() if slot.starts_at <= clock.now() else SlotFull()


async def submit(session: AsyncSession, actor: Actor, application_id: UUID) -> tuple[Application, "Promise"]:
    """Hand in, first or again after a correction; returns the case and its promise: the office's clock starts or goes on.

    Raises Incomplete with all that is missing.
    """
    application, service, answers = await _open_for_filling(session, actor, application_id)
    missing = await missing_of(session, application, service, answers)
    if missing:
        raise Incomplete(missing)
    again = application.submitted_at is not None
    if again and (correction := await queries.open_correction(session, application.id)) is not None:
        await correcting.answer(session, application, service, correction)
    application.move_to(State.SUBMITTED, by=actor.person_id)
    application.submitted_at = application.submitted_at or clock.now()
    given = await promises.promise(
        session, subject_kind="application", subject_id=application.id, office=application.office, days=service.working_days
    )
    if given.paused_at is not None:
        await promises.resume(session, application.id)
    await tell_move(session, application)
    return application, given


async def withdraw(session: AsyncSession, actor: Actor, application_id: UUID) -> Application:
    """Take the application back: its slot is freed, its open fee cancelled, the promise dropped."""
    application = await queries.for_update(session, application_id)
    if not is_applicant(actor, application):
        raise NoSuchApplication
    application.move_to(State.WITHDRAWN, by=actor.person_id)
    await free_slot(session, application.id)
    if application.fee_intent_id is not None:
        await payments.cancel_intent(session, application.fee_intent_id)
    await promises.end(session, application.id, done=False)
    await tell_move(session, application)
    return application


async def drop_drafts(session: AsyncSession, person_id: UUID) -> None:
    """Who leaves takes along what no office has seen: answers and papers of drafts, and the places held in slots."""
    for draft in await queries.drafts_for_update(session, person_id):
        draft.move_to(State.WITHDRAWN, by=person_id)
        draft.answers = {}
        papers = await queries.documents(session, draft.id)
        for paper in papers.values():
            await session.delete(paper)
        await free_slot(session, draft.id)
        await files.drop(session, [paper.file_id for paper in papers.values()])


async def missing_of(session: AsyncSession, application: Application, service: Service, answers: forms.Answers) -> dict[str, str]:
    """All that keeps the application from being handed in: by question, document, or `slot`."""
    wrong = forms.check(service, answers)
    attached = await queries.documents(session, application.id)
    needed = [document for document in forms.needed_documents(service, answers) if document.required]
    wrong |= {document.name: _("Berkas ini belum diunggah.") for document in needed if document.name not in attached}
    if service.slot is not None and await queries.booking(session, application.id) is None:
        wrong["slot"] = str(SlotMissing())
    return wrong


async def free_slot(session: AsyncSession, application_id: UUID) -> None:
    held = await queries.booking(session, application_id)
    if held is not None:
        await _give_back(session, held[0])


async def _give_back(session: AsyncSession, booking: Booking) -> None:
    await session.delete(booking)
    await session.flush()
    await queries.give_place_back(session, booking.slot_id)


async def _office_may_read(session: AsyncSession, visitor: Actor, file: StoredFile) -> bool:
    """The officers of the office that the document's application is with."""
    return await queries.holder_of_file(session, file.id, visitor.offices(Role.OFFICER))


async def _whose_document(session: AsyncSession, file: StoredFile) -> tuple[str, str]:
    """The application's reference and the document's name, and the office."""
    return await queries.place_of_file(session, file.id)


purposes.register(purposes.Purpose(PURPOSE, purposes.DOCUMENTS, may_read=_office_may_read, about=_whose_document))


async def _open_for_filling(session: AsyncSession, actor: Actor, application_id: UUID) -> tuple[Application, Service, forms.Answers]:
    await identity.hold_open(session, actor.person_id)
    application = await queries.for_update(session, application_id)
    check_may_fill(actor, application)
    service = catalogue.find(application.service, application.version)
    return application, service, forms.unseal(application.id, application.answers)
