"""Telling the operators that money waits for a decision of theirs, and what a bank did."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Role
from common.i18n import N_, waktu
from common.identity import queries as identity
from common.money import rupiah
from common.notifications import service as notifications
from common.payments.models import Dispute, DisputeState, Refund

KIND = "payment.alarm"
BY_OTHER_HANDS = N_("Di penyedia pembayaran ada pengembalian %(amount)s yang tidak kami minta. Tentukan siapa yang menanggung.")
REFUND_FAILED = N_("Pengembalian %(amount)s gagal: uangnya kembali kepada kami. Tentukan langkah berikutnya.")
UNBORNE = N_("Bank menarik %(amount)s, dan belum ada yang menanggung. Tentukan siapa yang menanggung.")
DUE_SOON = N_("Sengketa bank atas %(amount)s harus dijawab sebelum %(due)s. Serahkan bukti.")
DISPUTES = {
    DisputeState.OPENED: N_("Bank mempertanyakan pembayaran %(amount)s. Bukti diterima sampai %(due)s."),
    DisputeState.WITHDRAWN: N_("Bank menarik kembali %(amount)s. Serahkan bukti sebelum %(due)s."),
    DisputeState.LOST: N_("Sengketa bank atas %(amount)s kalah. Kerugiannya sudah dibagi."),
    DisputeState.WON: N_("Sengketa bank atas %(amount)s dimenangkan. Uangnya kembali."),
}
UNASSIGNED = "/operator/uang"


async def tell_operators(session: AsyncSession, text: str, params: dict[str, object], link: str) -> None:
    """Everybody who may decide."""
    people = await identity.who_holds(session, Role.OPERATOR, "*")
    await notifications.notify_many(session, [notifications.Telling(one, KIND, text, params, link) for one in sorted(people)])


async def tell_of_refund(session: AsyncSession, refund: Refund, text: str) -> None:
    await tell_operators(session, text, {"amount": rupiah(refund.amount)}, UNASSIGNED)


async def tell_of_unborne(session: AsyncSession, dispute: Dispute) -> None:
    await tell_operators(session, UNBORNE, {"amount": rupiah(dispute.unborne)}, UNASSIGNED)


async def tell_of_dispute(session: AsyncSession, dispute: Dispute, text: str | None = None) -> None:
    """Its state, or `text`, to the operators, with the way to its page."""
    params: dict[str, object] = {"amount": rupiah(dispute.amount), "due": waktu(dispute.due_by or clock.now())}
    await tell_operators(session, text or DISPUTES[dispute.state], params, page_of(dispute.id))


def page_of(dispute_id: UUID) -> str:
    return f"/operator/sengketa-bank/{dispute_id}"
