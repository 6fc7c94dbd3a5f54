"""Who may do what with a payment, and what its states are called."""

from common.actor import Actor, Role
from common.i18n import N_
from common.payments.errors import NoSuchPayment
from common.payments.models import Book, DisputeState, Intent, IntentState, Purpose

# Where a payer goes on from a payment's page: the addresses of the rooms that opened it.
HOMES = {Purpose.ORDER_GROUP: "/pesanan", Purpose.APPLICATION_FEE: "/permohonan"}
TITLES = {Purpose.ORDER_GROUP: N_("Belanja di Marvec"), Purpose.APPLICATION_FEE: N_("Biaya layanan kota")}
STATES = {
    IntentState.CREATED: N_("Belum dibayar"),
    IntentState.STARTED: N_("Menunggu pembayaran"),
    IntentState.PROCESSING: N_("Sedang diproses bank"),
    IntentState.SUCCEEDED: N_("Sudah dibayar"),
    IntentState.CLOSED: N_("Ditutup"),
}


DISPUTES = {
    DisputeState.OPENED: (N_("Bank bertanya"), "warn"),
    DisputeState.WITHDRAWN: (N_("Uang ditarik bank"), "warn"),
    DisputeState.LOST: (N_("Kalah"), "bad"),
    DisputeState.WON: (N_("Menang"), "good"),
}
REASONS = {
    "fraudulent": N_("Pemilik kartu tidak mengenali pembayaran ini"),
    "unrecognized": N_("Pemilik kartu tidak mengenali pembayaran ini"),
    "product_not_received": N_("Barang tidak diterima"),
    "product_unacceptable": N_("Barang tidak sesuai"),
    "credit_not_processed": N_("Pengembalian uang tidak sampai"),
    "duplicate": N_("Dibayar dua kali"),
    "subscription_canceled": N_("Pesanan sudah dibatalkan"),
    "general": N_("Tanpa alasan khusus"),
}
"""Why a payer's bank takes money back, by the provider's word."""
WAITS = {
    "by_other_hands": N_("Dikembalikan di penyedia, bukan oleh kami"),
    "failed": N_("Pengembalian yang gagal"),
    "loss": N_("Ditarik bank, belum ada yang menanggung"),
}
"""Why money waits for an operator."""
THINGS = {
    "intent": N_("Pembayaran"),
    "refund": N_("Pengembalian"),
    "transfer": N_("Penerusan ke penjual"),
    "reversal": N_("Penarikan dari penjual"),
    "dispute": N_("Sengketa bank"),
    "movement": N_("Pergerakan saldo"),
}
"""What is compared with the provider."""


def bearers_of(kind: str, intent: Intent) -> list[tuple[str, str]]:
    """Who can be said to bear money that waits: value and label."""
    if kind == "failed":
        again = ("again", N_("Kembalikan lagi ke pembayar"))
        return [again, ("seller", N_("Teruskan ke penjual"))] if intent.book == Book.MARKET else [again]
    losses = ("losses", N_("Ditanggung Marvec (kerugian)"))
    if intent.book == Book.CITY:
        return [("office", N_("Ditanggung kantor yang menerima biaya")), losses] if intent.settled_to else [losses]
    return [("order", N_("Ditanggung pesanan: penjual, dan komisi menurut bagiannya")), losses]


def may_see(actor: Actor, intent: Intent) -> bool:
    return actor.person_id == intent.payer_id or actor.has(Role.OPERATOR)


def must_see(actor: Actor, intent: Intent) -> Intent:
    """The intent, when the actor may see it; others learn nothing of it: NoSuchPayment."""
    if not may_see(actor, intent):
        raise NoSuchPayment
    return intent


def must_be_payer(actor: Actor, intent: Intent) -> Intent:
    if actor.person_id != intent.payer_id:
        raise NoSuchPayment
    return intent
