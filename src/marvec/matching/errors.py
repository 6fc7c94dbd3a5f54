"""What can go wrong with requests."""

from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import N_


class NoSuchRequest(NotFound):
    code = "no_such_request"
    message = N_("Permintaan ini tidak ada.")


class NothingWanted(Invalid):
    code = "nothing_wanted"
    message = N_("Tulis barang yang ta’ cari.")


class TooManyStanding(Conflict):
    code = "too_many_standing"
    message = N_("Paling banyak %(most)s permintaan dan pencarian yang berjalan. Tutup dulu salah satunya.")


class NotYours(Forbidden):
    code = "not_yours"
    message = N_("Ini bukan milik Anda.")
