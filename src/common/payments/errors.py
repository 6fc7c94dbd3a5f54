"""What can go wrong with money."""

from common.errors import Conflict, DomainError, Gone, Invalid, NotFound, Unavailable
from common.i18n import N_, rupiah


class NoSuchPayment(NotFound):
    code = "no_such_payment"
    message = N_("Pembayaran ini tidak ada. Buka lagi dari pesanan atau permohonan Anda.")


class AmountNotPayable(Invalid):
    """`fields`: `amount`."""

    code = "amount_not_payable"
    message = N_("Penyedia pembayaran hanya menerima %(least)s sampai %(most)s.")

    def __init__(self, minimum: int, maximum: int) -> None:
        super().__init__(least=rupiah(minimum), most=rupiah(maximum))
        self.fields = {"amount": str(self)}


class AlreadyOpen(Conflict):
    code = "payment_already_open"
    message = N_("Masih ada pembayaran lain yang belum selesai untuk ini. Selesaikan dulu yang itu.")


class AlreadyPaid(Conflict):
    code = "already_paid"
    message = N_("Ini sudah dibayar. Tidak perlu membayar lagi.")


class PaymentOver(Gone):
    code = "payment_over"
    message = N_("Waktu membayar sudah habis, atau pembayarannya dibatalkan. Mulai lagi dari pesanan atau permohonan Anda.")


class NotPaid(Conflict):
    code = "not_paid"
    message = N_("Uangnya belum kami terima. Tunggu sebentar, lalu muat ulang.")


class NothingLeft(Conflict):
    code = "nothing_left_to_refund"
    message = N_("Jumlah itu lebih dari sisa yang bisa dikembalikan. Tulis jumlah yang lebih kecil.")


class PartsDoNotFit(Conflict):
    code = "parts_do_not_fit"
    message = N_("Bagian para penjual tidak sama dengan yang dibayar.")


class WrongBook(Conflict):
    code = "wrong_book"
    message = N_("Uang pasar dan uang kota tidak boleh tercampur.")


class AlreadySettled(Conflict):
    code = "already_settled"
    message = N_("Uang ini sudah diteruskan ke penjual.")


class PaymentInDispute(Conflict):
    code = "payment_in_dispute"
    message = N_("Bank pembayar sedang menyengketakan pembayaran ini. Uangnya tidak bisa bergerak sampai bank memutuskan.")


class EvidenceTooLate(Conflict):
    code = "evidence_too_late"
    message = N_("Bank tidak menerima bukti lagi: sudah diserahkan, sudah diputuskan, atau lewat batas waktunya.")


class EvidenceTooLong(Conflict):
    code = "evidence_too_long"
    message = N_("Bank menerima paling banyak %(most)s huruf untuk semua bukti. Persingkat.")


class NoEvidence(Conflict):
    code = "no_evidence"
    message = N_("Belum ada bukti. Tulis dulu apa yang perlu diketahui bank.")


class NothingToAssign(Conflict):
    code = "nothing_to_assign"
    message = N_("Di sini tidak ada uang yang menunggu keputusan. Muat ulang daftarnya.")


class AlreadyAssigned(Conflict):
    code = "already_assigned"
    message = N_("Uang ini sudah diputuskan. Keputusan hanya sekali.")


class CannotBear(Conflict):
    code = "cannot_bear"
    message = N_("Pilihan itu tidak berlaku untuk uang ini. Pilih yang lain.")


class BadSignature(DomainError):
    status = 400
    code = "bad_signature"
    message = N_("Tanda tangan pesan ini tidak benar.")


class BadMessage(DomainError):
    """Signed, and yet no message: read again it would be none either."""

    status = 400
    code = "bad_message"
    message = N_("Pesan ini tidak bisa dibaca.")


class ProviderAway(Unavailable):
    """The provider did not answer, or asked us to come back: the same call may be made again with the same key."""

    code = "provider_away"
    message = N_("Penyedia pembayaran sedang tidak bisa dihubungi. Coba lagi sebentar lagi.")


class Declined(DomainError):
    status = 402
    code = "declined"
    message = N_("Pembayaran ditolak. Coba cara bayar lain.")


class Refused(Conflict):
    """The provider says no for good. `why` is its code, for the log and the operator."""

    code = "provider_refused"
    message = N_("Penyedia pembayaran menolak (%(why)s). Coba lagi, atau pakai cara bayar lain.")

    def __init__(self, why: str) -> None:
        super().__init__(why=why)
        self.why = why
