"""Who appeals, who decides, and what can go wrong."""

from datetime import date

from common.actor import Actor, Role
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import N_
from common.i18n import gettext as _
from marvec.selling.models import Appeal, AppealState

CONFIRMED, KNOWN = 1, 2
"""Levels: a confirmed address; the NIK given as well."""
STATES: dict[AppealState, tuple[str, str]] = {
    AppealState.OPEN: (N_("Menunggu keputusan"), "warn"),
    AppealState.GRANTED: (N_("Dikabulkan"), "good"),
    AppealState.REFUSED: (N_("Belum dikabulkan"), "bad"),
}
"""Name and tone."""


class NoSuchAppeal(NotFound):
    code = "no_such_appeal"
    message = N_("Permintaan naik batas ini tidak ada. Lihat daftarnya.")


class AppealOpen(Conflict):
    code = "appeal_open"
    message = N_("Permintaan Anda yang sebelumnya masih kami periksa. Kami kabari begitu diputus.")


class NothingToRaise(Conflict):
    code = "nothing_to_raise"
    message = N_("Penjualan Anda tidak dibatasi. Tidak ada yang perlu diminta.")


class ConfirmFirst(Forbidden):
    code = "assurance_needed"
    message = N_("Konfirmasi dulu nomor HP atau email Anda. Setelah itu Anda bisa meminta batas yang lebih tinggi.")


class NotOnOneself(Forbidden):
    code = "not_on_oneself"
    message = N_("Ini permintaan Anda sendiri. Operator lain yang memutuskannya.")


def must_be_operator(actor: Actor, appeal: Appeal) -> None:
    """An operator, but not about herself."""
    if not actor.has(Role.OPERATOR):
        raise Forbidden
    if appeal.person_id == actor.person_id:
        raise NotOnOneself


def check_grant(monthly: int | None, valid_until: date | None, today: date) -> None:
    """A grant has a sum and a day in the future. Raises Invalid."""
    wrong = {}
    if not monthly:
        wrong["monthly"] = _("Tulis batas barunya dalam rupiah per bulan.")
    if valid_until is None or valid_until < today:
        wrong["valid_until"] = _("Pilih tanggal yang belum lewat.")
    if wrong:
        raise Invalid(wrong)
