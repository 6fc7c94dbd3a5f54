"""What can go wrong with sending."""

from common.errors import Unavailable
from common.i18n import N_


class NoChannel(Unavailable):
    """Nothing here can carry a message to such an address."""

    code = "no_channel"
    message = N_("Pesan ke nomor atau email ini belum bisa dikirim dari sini.")
