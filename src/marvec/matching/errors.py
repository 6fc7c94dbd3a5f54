"""What can go wrong with requests."""

from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import N_


class NoSuchRequest(NotFound):
    code = "no_such_request"
    message = N_("Permintaan ini tidak ada, atau sudah ditutup.")


class NothingWanted(Invalid):
    code = "nothing_wanted"
    message = N_("Tulis barang yang mau ki’ cari.")


class TooManyStanding(Conflict):
    code = "too_many_standing"
    message = N_("Permintaan dan pencarian yang berjalan paling banyak %(most)s. Tutup dulu salah satunya.")


class NotYours(Forbidden):
    code = "not_yours"
    message = N_("Ini bukan milik Anda. Buka Permintaan saya atau Peluang.")
