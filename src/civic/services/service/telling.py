"""Telling of a move: the applicant's inbox, the open pages."""

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services.models import Application, State
from common import live
from common.i18n import N_
from common.money import rupiah
from common.notifications import service as notifications

SENTENCES = {
    State.SUBMITTED: N_("Permohonan %(reference)s sudah kami terima."),
    State.IN_REVIEW: N_("Permohonan %(reference)s sedang diperiksa."),
    State.CORRECTION: N_("Permohonan %(reference)s perlu diperbaiki. Lihat catatan petugas."),
    State.AWAITING_PAYMENT: N_("Permohonan %(reference)s disetujui. Dokumennya terbit setelah retribusi dibayar."),
    State.ISSUED: N_("Permohonan %(reference)s selesai. Dokumennya siap diunduh."),
    State.EXPIRED: N_(
        "Retribusi permohonan %(reference)s tidak dibayar sampai hari terakhir. Permohonannya ditutup. Anda bisa mengajukan lagi."
    ),
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


async def tell_levy(session: AsyncSession, application: Application) -> None:
    """The sum was corrected."""
    await _tell_of_money(
        session, application, "levy_corrected", N_("Retribusi permohonan %(reference)s diubah. Lihat jumlah dan hitungannya.")
    )


async def tell_given_back(session: AsyncSession, application: Application, amount: int) -> None:
    text = N_("Retribusi permohonan %(reference)s sudah diubah saat Anda membayar. %(amount)s dikembalikan. Bayar jumlah yang baru.")
    await _tell_of_money(session, application, "levy_given_back", text, amount=rupiah(amount))


async def tell_unpaid(session: AsyncSession, application: Application, days: int) -> None:
    """A reminder; `days` are left."""
    text = N_("Retribusi permohonan %(reference)s belum dibayar. Sisa waktunya %(days)s hari.")
    await _tell_of_money(session, application, "fee_reminder", text, days=days)


async def _tell_of_money(session: AsyncSession, application: Application, kind: str, text: str, **params: object) -> None:
    await live.tell(session, f"application:{application.id}", {"id": str(application.id), "fee": application.fee})
    await notifications.notify(
        session,
        application.applicant_id,
        kind=f"applications.{kind}",
        text=text,
        params={"reference": application.reference, **params},
        link=f"/permohonan/{application.id}",
    )
