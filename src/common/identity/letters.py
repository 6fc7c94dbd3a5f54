"""The letters that identity sends."""

from common.channels.letters import Letter, register
from common.i18n import N_

CONFIRM = Letter(
    "identity.confirm",
    N_("Kode konfirmasi Marvec"),
    N_(
        "Kode Anda: %(code)s\nBerlaku 10 menit. Jangan berikan kode ini kepada siapa pun: petugas tidak pernah memintanya.\n"
        "Kalau Anda tidak mendaftar di Marvec, abaikan pesan ini."
    ),
)
RESET = Letter(
    "identity.reset",
    N_("Kode untuk kata sandi baru"),
    N_(
        "Kode Anda: %(code)s\nBerlaku 10 menit. Jangan berikan kode ini kepada siapa pun: petugas tidak pernah memintanya.\n"
        "Kalau Anda tidak meminta kata sandi baru, abaikan pesan ini."
    ),
)
for letter in (CONFIRM, RESET):
    register(letter)
