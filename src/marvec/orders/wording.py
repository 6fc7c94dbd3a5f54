"""How states are called on pages, and how they look."""

from common.i18n import N_
from marvec.orders.machine import OrderState

STATES: dict[OrderState, tuple[str, str]] = {
    OrderState.PLACED: (N_("Menunggu pembayaran"), "warn"),
    OrderState.PAID: (N_("Dibayar, menunggu penjual"), "note"),
    OrderState.ACCEPTED: (N_("Sementara dibuat"), "note"),
    OrderState.READY: (N_("Siap diambil"), "good"),
    OrderState.SHIPPED: (N_("Dalam perjalanan"), "note"),
    OrderState.DELIVERED: (N_("Sudah sampai"), "good"),
    OrderState.COMPLETED: (N_("Selesai"), "good"),
    OrderState.DISPUTED: (N_("Sedang diperiksa"), "warn"),
    OrderState.CANCELLED: (N_("Dibatalkan"), "bad"),
    OrderState.DECLINED: (N_("Ditolak penjual"), "bad"),
    OrderState.EXPIRED: (N_("Lewat waktu"), "bad"),
}
