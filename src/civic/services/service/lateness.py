"""Late applications: who hears of a promise that nears its day, is broken, or stays broken."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import queries
from civic.services.models import AT_THE_OFFICE, Application
from common.actor import Role
from common.events import PromiseBroken, PromiseEscalated, PromiseNearsItsDay
from common.i18n import N_, tanggal
from common.identity import queries as identity
from common.notifications import service as notifications

SUBJECT = "application"
NEAR = N_("Permohonan %(reference)s dijanjikan selesai %(due)s. Masih menunggu di meja Anda.")
LATE = N_("Permohonan %(reference)s terlambat: dijanjikan selesai %(due)s. Pemohon diberi janji baru: %(new)s.")
SORRY = N_("Maaf, permohonan %(reference)s belum selesai, padahal kami janjikan %(due)s. Kami janjikan lagi paling lambat %(new)s.")
STILL_LATE = N_("Permohonan %(reference)s di %(office)s sudah terlambat %(days)s hari kerja sejak %(due)s.")


async def on_near(session: AsyncSession, event: PromiseNearsItsDay) -> None:
    """Its officer is warned while the promise can still be kept."""
    application = await _waiting(session, event.subject_kind, event.subject_id)
    if application is not None:
        await _tell(session, await _officers(session, application), "near", NEAR, application, due=tanggal(event.due_on))


async def on_broken(session: AsyncSession, event: PromiseBroken) -> None:
    """Its officer hears that it is late; the citizen is asked for pardon and gets a new day."""
    application = await _waiting(session, event.subject_kind, event.subject_id)
    if application is None:
        return
    days = {"due": tanggal(event.due_on), "new": tanggal(event.renewed_due_on)}
    await _tell(session, await _officers(session, application), "late", LATE, application, **days)
    await notifications.notify(
        session, application.applicant_id, kind="application.late", text=SORRY, params={"reference": application.reference, **days},
        link=f"/permohonan/{application.id}",
    )  # fmt: skip


async def on_escalated(session: AsyncSession, event: PromiseEscalated) -> None:
    """The head of the office; the operator of the city also where an office has no head."""
    application = await _waiting(session, event.subject_kind, event.subject_id)
    if application is None:
        return
    heads = await identity.who_holds(session, Role.HEAD, event.office) if event.to == "head" else []
    people = heads or await identity.who_holds(session, Role.OPERATOR, "*")
    words = {"office": event.office, "days": str(event.days_late), "due": tanggal(event.due_on)}
    await _tell(session, people, f"late_{event.to}", STILL_LATE, application, link="/meja/terlambat", **words)


async def _waiting(session: AsyncSession, kind: str, subject_id: UUID) -> Application | None:
    """The application that the fact is about, while the office still has it."""
    if kind != SUBJECT:
        return None
    application = await queries.for_update(session, subject_id)
    return application if application.state in AT_THE_OFFICE else None


async def _officers(session: AsyncSession, application: Application) -> Sequence[UUID]:
    """Who has taken it up; everybody at the desk, while nobody has."""
    if application.officer_id is not None:
        return [application.officer_id]
    return await identity.who_holds(session, Role.OFFICER, application.office)


async def _tell(
    session: AsyncSession, people: Sequence[UUID], kind: str, text: str, application: Application, link: str = "", **words: str
) -> None:
    params = {"reference": application.reference, **words}
    for person_id in sorted(people):
        await notifications.notify(
            session, person_id, kind=f"desk.{kind}", text=text, params=params, link=link or f"/meja/{application.id}"
        )
