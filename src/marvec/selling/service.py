"""The verbs around the limit: ask for more, decide on it, and tell a seller how she stands."""

from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor
from common.audit import service as audit
from common.i18n import N_
from common.i18n import gettext as _
from common.money import rupiah
from common.notifications import service as notifications
from marvec.selling import policy, queries
from marvec.selling.models import Appeal, AppealState
from marvec.selling.schemas import DecideAppeal, WriteAppeal

HOME = "/toko-saya/batas"
KIND = "moderation.selling"
TOLD = {
    AppealState.GRANTED: N_("Batas jual Anda naik menjadi %(monthly)s per bulan, sampai %(until)s: %(because)s"),
    AppealState.REFUSED: N_("Permintaan naik batas jual belum kami kabulkan: %(because)s"),
}
TURNED_AWAY = N_("Ada pembeli yang tidak bisa memesan karena batas jual bulan ini penuh. Lihat cara menaikkannya.")
NEARLY_FULL = N_("Batas jual bulan ini hampir penuh: %(sold)s dari %(limit)s. Naikkan sekarang supaya jualan Anda jalan terus.")


async def write_appeal(session: AsyncSession, actor: Actor, given: WriteAppeal) -> Appeal:
    """Ask an operator to look. Raises ConfirmFirst, NothingToRaise, AppealOpen."""
    standing = await queries.standing_of(session, actor.person_id)
    if standing.level < policy.CONFIRMED:
        raise policy.ConfirmFirst
    if standing.limit is None:
        raise policy.NothingToRaise
    appeal = Appeal(person_id=actor.person_id, words=given.words, moved_by=actor.person_id)
    try:
        async with session.begin_nested():
            session.add(appeal)
    except IntegrityError as error:
        if getattr(getattr(error.orig, "__cause__", None), "constraint_name", "") != "uq_selling_appeals_open":
            raise
        raise policy.AppealOpen from error
    return appeal


async def decide(session: AsyncSession, actor: Actor, appeal_id: UUID, decision: DecideAppeal) -> Appeal:
    """Grant or refuse; the seller reads the reason. Raises NoSuchAppeal, NotFromHere (somebody was faster), NotOnOneself, Invalid."""
    appeal = await queries.for_update(session, appeal_id)
    policy.must_be_operator(actor, appeal)
    if decision.state is AppealState.GRANTED:
        policy.check_grant(decision.monthly, decision.valid_until, clock.today())
        appeal.monthly, appeal.valid_until = decision.monthly, decision.valid_until
    appeal.move_to(decision.state, by=actor.person_id, because=decision.because)
    await session.flush()
    terms = {"monthly": appeal.monthly, "until": str(appeal.valid_until)} if decision.state is AppealState.GRANTED else {}
    await audit.record(session, actor, f"selling.{appeal.state}", subject_kind="selling_appeal", subject_id=appeal.id, **terms)
    await _tell_decision(session, appeal)
    return appeal


async def tell_turned_away(session: AsyncSession, person_id: UUID) -> None:
    """A buyer could not order. Once a month is enough: the caller sees to that."""
    await notifications.notify(session, person_id, kind=KIND, text=TURNED_AWAY, link=HOME)


async def tell_nearly_full(session: AsyncSession, person_id: UUID, month: date) -> None:
    """Before a buyer is turned away. Nothing to tell when the limit was raised, or the month is over, meanwhile."""
    standing = await queries.standing_of(session, person_id)
    if standing.is_near and standing.month == month and standing.limit is not None:
        params = {"sold": rupiah(standing.sold), "limit": rupiah(standing.limit)}
        await notifications.notify(session, person_id, kind=KIND, text=NEARLY_FULL, params=params, link=HOME)


async def _tell_decision(session: AsyncSession, appeal: Appeal) -> None:
    params: dict[str, object] = {"because": appeal.moved_because}
    if appeal.state is AppealState.GRANTED:
        params |= {"monthly": rupiah(appeal.monthly or 0), "until": f"{appeal.valid_until:%d-%m-%Y}"}
    await notifications.notify(session, appeal.person_id, kind=KIND, text=TOLD[appeal.state], params=params, link=HOME)


def next_step(level: int) -> tuple[str, str, str]:
    """What raises this level: a sentence, an address, the words of its button; empty where nothing does."""
    if level < policy.CONFIRMED:
        return _("Konfirmasi nomor HP atau email. Kodenya kami kirim sekarang juga."), "/konfirmasi", _("Konfirmasi sekarang")
    if level < policy.KNOWN:
        return _("Isi NIK di halaman Akun. NIK disimpan tersandi, dan batas ini langsung hilang."), "/akun#nik", _("Isi NIK")
    return "", "", ""
