"""Telling of a move: the applicant's inbox, the open pages."""

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services.models import Application, State
from common import live
from common.i18n import N_
from common.notifications import service as notifications

SENTENCES = {
    State.SUBMITTED: N_("Permohonan %(reference)s sudah kami terima."),
    State.IN_REVIEW: N_("Permohonan %(reference)s sedang diperiksa."),
    State.CORRECTION: N_("Permohonan %(reference)s perlu diperbaiki. Lihat catatan petugas."),
    State.AWAITING_PAYMENT: N_("Permohonan %(reference)s disetujui. Dokumennya terbit setelah retribusi dibayar."),
    State.ISSUED: N_("Permohonan %(reference)s selesai. Dokumennya siap diunduh."),
    State.REJECTED: N_("Permohonan %(reference)s ditolak. Lihat alasannya."),
}


async def tell_move(session: AsyncSession, application: Application) -> None:
    """Everybody who should know of the state that the application is in now; all within the transaction."""
    await session.flush()
    seen = {"id": str(application.id), "reference": application.reference, "state": application.state.value}
    await live.tell(session, f"application:{application.id}", {**seen, "steps": application.steps_done})
    await live.tell(session, f"desk:{application.office}", seen)
    if application.state in SENTENCES:
        await notifications.notify(
            session,
            application.applicant_id,
            kind=f"applications.{application.state.value}",
            text=SENTENCES[application.state],
            params={"reference": application.reference},
            link=f"/permohonan/{application.id}",
        )
