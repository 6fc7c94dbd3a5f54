"""What can go wrong at a counter."""

from common.errors import Conflict, NotFound
from common.i18n import N_


class NoSuchCounter(NotFound):
    code = "no_such_counter"
    message = N_("Loket itu tidak ada. Pilih dari daftar tempat.")


class NoSuchTicket(NotFound):
    code = "no_such_ticket"
    message = N_("Nomor antrean itu tidak ada. Lihat Nomor saya.")


class NotOpenThen(Conflict):
    code = "not_open_then"
    message = N_("Loket ini tidak memberi nomor untuk hari itu. Pilih hari lain.")


class Full(Conflict):
    code = "queue_full"
    message = N_("Nomor untuk hari itu sudah habis. Pilih hari lain.")


class TooManyNumbers(Conflict):
    code = "too_many_numbers"
    message = N_("Paling banyak %(most)s nomor antrean sekaligus. Batalkan dulu satu yang tidak dipakai.")


class DeskBusy(Conflict):
    code = "desk_busy"
    message = N_("Nomor %(number)s masih dipanggil di meja ini. Tandai dulu: sudah datang atau tidak hadir.")


class NoSuchDesk(Conflict):
    code = "no_such_desk"
    message = N_("Loket ini tidak punya meja dengan nomor itu. Pilih meja lain.")


class CameBackBefore(Conflict):
    code = "came_back_before"
    message = N_("Nomor ini sudah satu kali kembali ke antrean. Ambil nomor baru.")
