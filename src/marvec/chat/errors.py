"""What can go wrong in a talk."""

from common.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from common.i18n import N_


class NoConversation(NotFound):
    """It does not exist, or not for this person."""

    code = "no_conversation"
    message = N_("Percakapan ini tidak ada, atau bukan percakapan Anda.")


class OwnGoods(Conflict):
    code = "own_goods"
    message = N_("Ini barang ta’ sendiri, jadi tidak perlu bertanya.")


class Blocked(Forbidden):
    code = "chat_blocked"
    message = N_("Pesan tidak terkirim: salah satu dari Anda berdua memblokir yang lain.")


class BadMessage(Invalid):
    code = "bad_message"
    message = N_("Pesan ini kosong atau terlalu panjang. Tulis 1 sampai 4.000 huruf.")


class TooFast(TooMany):
    code = "chat_too_fast"
    message = N_("Terlalu cepat: tunggu %(seconds)s detik, lalu kirim lagi.")


class NotYourMessageId(Conflict):
    code = "client_id_taken"
    message = N_("Nomor pesan ini sudah dipakai orang lain. Muat ulang, lalu kirim lagi.")


class NothingToReport(NotFound):
    code = "no_message"
    message = N_("Pesan itu tidak ada.")
