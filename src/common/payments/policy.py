"""Who may do what with a payment, and what its states are called."""

from common.actor import Actor, Role
from common.i18n import N_
from common.payments.errors import NoSuchPayment
from common.payments.models import Intent, IntentState, Purpose

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
