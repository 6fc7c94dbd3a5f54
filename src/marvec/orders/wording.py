"""How states are called on pages, and how they look; what the house says when it moves an order by itself."""

from common.i18n import N_
from common.i18n import gettext as _
from marvec.orders.machine import Complaint, DisputeState, OrderState

STATES: dict[OrderState, tuple[str, str]] = {
    OrderState.PLACED: (N_("Menunggu pembayaran"), "warn"),
    OrderState.PAID: (N_("Dibayar, menunggu penjual"), "note"),
    OrderState.ACCEPTED: (N_("Sementara dibuat"), "note"),
    OrderState.READY: (N_("Siap diambil"), "good"),
    OrderState.SHIPPED: (N_("Dalam perjalanan"), "note"),
    OrderState.DELIVERED: (N_("Sudah sampai"), "good"),
    OrderState.COMPLETED: (N_("Selesai"), "good"),
    OrderState.DISPUTED: (N_("Ada masalah"), "warn"),
    OrderState.CANCELLED: (N_("Dibatalkan"), "bad"),
    OrderState.DECLINED: (N_("Ditolak penjual"), "bad"),
    OrderState.EXPIRED: (N_("Lewat waktu"), "bad"),
}
COMPLAINTS: dict[Complaint, str] = {
    Complaint.NOT_ARRIVED: N_("Barang belum sampai"),
    Complaint.DAMAGED: N_("Barang rusak"),
    Complaint.DIFFERENT: N_("Barang tidak seperti yang dijual"),
    Complaint.INCOMPLETE: N_("Barangnya kurang"),
    Complaint.OTHER: N_("Masalah lain"),
}
DISPUTES: dict[DisputeState, tuple[str, str]] = {
    DisputeState.OPEN: (N_("Menunggu jawaban penjual"), "warn"),
    DisputeState.ANSWERED: (N_("Sudah dijawab penjual"), "note"),
    DisputeState.REVIEW: (N_("Menunggu putusan petugas"), "warn"),
    DisputeState.SETTLED: (N_("Selesai di antara berdua"), "good"),
    DisputeState.DECIDED: (N_("Diputus petugas"), "good"),
    DisputeState.LAPSED: (N_("Selesai karena waktu habis"), "note"),
}
AS_THE_STEP_SAYS = "-"
"""The reason of a refund that its step says already."""
AGREED = N_("Sudah disepakati lewat tawaran, jadi tidak perlu diterima sekali lagi.")
NO_ANSWER = N_("Penjual tidak menjawab dalam 3 hari, jadi semua uang kembali ke pembeli.")
AT_THE_PROVIDER = N_("Dikembalikan langsung lewat penyedia pembayaran.")
HOUSE_SAYS = {
    (OrderState.PAID, OrderState.CANCELLED): N_("Penjual tidak menjawab dalam 24 jam, jadi semua uang kembali ke pembeli."),
    (OrderState.ACCEPTED, OrderState.CANCELLED): N_("Barang tidak diserahkan sampai batas waktu, jadi semua uang kembali ke pembeli."),
    (OrderState.DISPUTED, OrderState.CANCELLED): N_("Tidak ada putusan sampai batas waktu, jadi semua uang kembali ke pembeli."),
}
"""Why time moved an order."""
HOUSE_REASONS = frozenset({AGREED, NO_ANSWER, AT_THE_PROVIDER, *HOUSE_SAYS.values()})


def reason_in_words(because: str) -> str:
    """A person's words as they are, the house's own in the reader's language, nothing for what the step says already."""
    return _(because) if because in HOUSE_REASONS else "" if because == AS_THE_STEP_SAYS else because
