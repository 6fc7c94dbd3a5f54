"""Rules of the inbox."""

from datetime import datetime, time, timedelta

from common.clock import WITA
from common.i18n import N_

CHANNELS = ("email", "phone")
"""Ways besides the app, which always has everything."""
NIGHT_FALLS, MORNING = time(22), time(6)
"""In WITA."""

GROUPS = {
    "order": (N_("Pesanan"), N_("Pembayaran, pengiriman, dan yang perlu dijawab.")),
    "chat": (N_("Pesan dan tawaran"), N_("Pesan yang belum dibaca, dan tawaran.")),
    "match": (N_("Permintaan yang cocok"), N_("Ada pembeli untuk barang ta’, atau ada barang baru yang cocok.")),
    "civic": (N_("Layanan kota"), N_("Permohonan, perbaikan, dan dokumen yang terbit.")),
    "account": (N_("Akun dan keamanan"), N_("Unduhan data dan perubahan pada akun.")),
}
"""Groups that a person can choose for: name, and what comes in it. A kind of any other group is only shown in the app."""

ALIASES = {
    "offer": "chat",
    "matching": "match",
    "request": "match",
    "application": "civic",
    "applications": "civic",
    "payment": "order",
    "moderation": "account",
    "credential": "civic",
}


def group_of(kind: str) -> str:
    """`order.paid` -> `order`; rooms whose things people see as one share a group."""
    head = kind.partition(".")[0]
    return ALIASES.get(head, head)


def morning_after(now: datetime) -> datetime | None:
    """When a letter of the night may go out; None by day."""
    here = now.astimezone(WITA)
    if MORNING <= here.time() < NIGHT_FALLS:
        return None
    day = here.date() + timedelta(days=1) if here.time() >= NIGHT_FALLS else here.date()
    return datetime.combine(day, MORNING, WITA)
