"""The letter that carries a notification by e-mail."""

from common.channels.letters import Letter, register
from common.i18n import N_

TOLD = Letter(
    "notifications.told",
    N_("Kabar dari Marvec"),
    N_("%(text)s\n\n%(url)s\n\nMau lebih sedikit email? Buka Akun, lalu Atur pemberitahuan."),
)
register(TOLD)
