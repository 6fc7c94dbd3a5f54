"""Rules of the inbox."""

from common.i18n import N_

GROUPS = {
    "order": N_("Pesanan"),
    "chat": N_("Percakapan dan penawaran"),
    "match": N_("Permintaan yang cocok"),
    "civic": N_("Layanan kota"),
    "account": N_("Akun dan keamanan"),
}
"""Groups that a person can choose for. A kind of any other group is only shown in the app."""

ALIASES = {"offer": "chat", "matching": "match", "request": "match", "application": "civic", "payment": "order", "credential": "civic"}


def group_of(kind: str) -> str:
    """`order.paid` -> `order`; rooms whose things people see as one share a group."""
    head = kind.partition(".")[0]
    return ALIASES.get(head, head)
