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
CHANGED = Letter(
    "identity.changed",
    N_("Keamanan akun Marvec Anda"),
    N_(
        "%(what)s\nKalau itu Anda sendiri, abaikan pesan ini.\n\nKalau bukan Anda, buka tautan ini dalam 7 hari. Perubahannya dibatalkan, "
        "dan siapa pun yang sedang masuk dikeluarkan:\n%(link)s"
    ),
)
WARNED = Letter(
    "identity.warned",
    N_("Keamanan akun Marvec Anda"),
    N_(
        "Kunci sandi “%(name)s” baru saja ditolak: tampaknya ada salinannya di tangan orang lain. Akun Anda tidak dimasuki.\n"
        "Hapus kunci sandi itu, lalu buat yang baru:\n%(link)s"
    ),
)
for letter in (CONFIRM, RESET, CHANGED, WARNED):
    register(letter)
