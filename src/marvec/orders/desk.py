"""The seller's desk: what is under way, grouped by what the seller does next, the nearest deadline first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from common import clock
from common.i18n import N_
from marvec.orders.machine import TIME_TO_ANSWER, Handover, OrderState, Party, Step
from marvec.orders.models import Order

LATER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Group:
    """One kind of next deed. `text`: what to do, in a sentence."""

    key: str
    name: str
    text: str
    orders: list[Order] = field(default_factory=list)


GROUPS = (
    ("jawab", N_("Jawab sekarang"), N_("Terima atau tolak. Kalau lewat batasnya, uang kembali ke pembeli.")),
    ("buat", N_("Buat dan siapkan"), N_("Kalau sudah jadi, tekan Siap diambil: pembeli langsung dikabari.")),
    ("kirim", N_("Buat dan kirim"), N_("Serahkan ke kurir, lalu tekan Sudah dikirim.")),
    (
        "masalah",
        N_("Ada masalah"),
        N_("Jawab laporan pembeli sebelum batasnya, dan kirim bukti kalau bank memintanya. Kalau diam, uang kembali ke pembeli."),
    ),
    ("tunggu", N_("Tunggu pembeli"), N_("Tidak perlu apa-apa. Uangnya kami teruskan setelah pembeli menerima barangnya.")),
)


def grouped(orders: Iterable[Order]) -> list[Group]:
    """The groups that have something in them, in the order of urgency."""
    found = {key: Group(key, name, text) for key, name, text in GROUPS}
    for order in sorted(orders, key=lambda one: (due(one) or LATER, one.id)):
        found[group_of(order)].orders.append(order)
    return [group for group in found.values() if group.orders]


def group_of(order: Order) -> str:
    """What the seller does next with it."""
    if order.frozen_at is not None:
        return "masalah"
    if order.state is OrderState.PAID:
        return "jawab"
    if order.state is OrderState.ACCEPTED:
        return "kirim" if order.handover is Handover.COURIER else "buat"
    return "masalah" if order.state is OrderState.DISPUTED else "tunggu"


def due(order: Order) -> datetime | None:
    """When the seller must have done it: the day that the buyer named while it is being made (else when time cancels it), the answer to a
    complaint, else when time moves the order by itself. Nothing is due of a frozen order."""
    if order.frozen_at is not None:
        return None
    if order.state is OrderState.ACCEPTED and order.needed_at:
        return order.needed_at
    answer_by = order.moved_at + TIME_TO_ANSWER + order.paused
    return answer_by if order.state is OrderState.DISPUTED and order.deadline() and clock.now() < answer_by else order.deadline()


def next_step(order: Order) -> Step | None:
    """The one button that brings it forward; what ends it (declining, cancelling) has its place on the order's own page."""
    forward = (step for step in order.steps() if order.frozen_at is None and Party.SELLER in step.by and step.new not in ENDINGS)
    return next(forward, None)


ENDINGS = (OrderState.DECLINED, OrderState.CANCELLED)
