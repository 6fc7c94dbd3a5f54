"""What can go wrong around a report."""

from common.errors import Conflict, Forbidden, NotFound
from common.i18n import N_


class NoSuchCase(NotFound):
    code = "no_such_case"
    message = N_("Laporan ini tidak ada. Lihat daftar laporan.")


class AlreadyReported(Conflict):
    code = "already_reported"
    message = N_("Laporan Anda tentang barang ini sudah kami terima, dan sedang kami periksa.")


class AlreadyAsked(Conflict):
    code = "already_asked"
    message = N_("Permintaan Anda sudah kami terima. Petugas akan memeriksa, lalu Anda kami kabari.")


class OwnThing(Forbidden):
    code = "own_thing"
    message = N_("Ini barang Anda sendiri. Ubah atau jeda dari Toko saya.")


class NotForThis(Conflict):
    code = "not_for_this"
    message = N_("Keputusan itu tidak bisa dipakai untuk laporan ini. Pilih yang lain.")
