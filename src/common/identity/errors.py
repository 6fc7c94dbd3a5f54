"""What can go wrong with accounts. None of these texts tells whether somebody else's account exists, except a taken address at sign-up."""

from common.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated, Unavailable
from common.i18n import N_


class WrongCredentials(Unauthenticated):
    code = "wrong_credentials"
    message = N_("Nomor HP, email, atau kata sandinya belum cocok. Periksa lagi, atau pakai Lupa kata sandi.")


class SecondFactorNeeded(Unauthenticated):
    code = "second_factor_needed"
    message = N_("Masukkan kode dari aplikasi autentikator Anda.")


class WrongSecondFactor(Forbidden):
    code = "wrong_second_factor"
    message = N_("Kode autentikatornya belum cocok, atau sudah pernah dipakai. Tunggu kode berikutnya.")


class WrongPassword(Forbidden):
    code = "wrong_password"
    message = N_("Kata sandi yang sekarang belum cocok. Coba ketik lagi.")


class WrongCode(Invalid):
    code = "wrong_code"
    message = N_("Kodenya belum cocok, atau sudah tidak berlaku. Periksa lagi, atau minta kode baru.")


class Throttled(TooMany):
    """`seconds` is when to come back; the answer carries it as Retry-After."""

    code = "throttled"
    message = N_("Terlalu banyak percobaan. Coba lagi dalam %(seconds)s detik.")


class AddressTaken(Conflict):
    code = "address_taken"
    message = N_("Nomor atau email ini sudah punya akun. Silakan masuk, atau pakai Lupa kata sandi.")


class ConfirmFirst(Forbidden):
    code = "confirm_first"
    message = N_("Konfirmasi dulu nomor HP atau email Anda dengan kode yang kami kirim.")


class NoWayBack(Gone):
    code = "no_way_back"
    message = N_("Tautan ini sudah dipakai, atau sudah lewat tujuh hari.")


class NothingToConfirm(Conflict):
    code = "nothing_to_confirm"
    message = N_("Nomor HP atau email Anda sudah dikonfirmasi.")


class NikTaken(Conflict):
    code = "nik_taken"
    message = N_("NIK ini sudah dipakai akun lain. Kalau ini NIK Anda, datanglah ke kantor Disdukcapil.")


class NikFixed(Conflict):
    code = "nik_fixed"
    message = N_("NIK Anda sudah diperiksa petugas. Untuk menggantinya, datanglah ke kantor Disdukcapil.")


class NoNik(Conflict):
    code = "no_nik"
    message = N_("Orang ini belum mengisi NIK.")


class NotOfThisOffice(Forbidden):
    code = "not_of_this_office"
    message = N_("Hanya petugas Disdukcapil yang bisa melakukan ini, dan bukan untuk dirinya sendiri.")


class SecondFactorOn(Conflict):
    code = "second_factor_on"
    message = N_("Autentikator sudah aktif.")


class SecondFactorOff(Conflict):
    code = "second_factor_off"
    message = N_("Autentikator belum aktif.")


class WrongPasskey(Forbidden):
    code = "wrong_passkey"
    message = N_("Kunci sandi ini tidak dikenal di akun ini, atau jawabannya tidak sah. Coba lagi, atau pakai cara lain.")


class PasskeyCloned(Forbidden):
    """Its counter went back: somebody else has a copy of it, or has used one."""

    code = "passkey_cloned"
    message = N_("Kunci sandi ini tampaknya disalin orang lain, jadi ditolak. Masuk dengan cara lain, lalu hapus kunci sandi ini.")


class ChallengeOver(Conflict):
    code = "challenge_over"
    message = N_("Permintaan kunci sandi ini sudah dipakai, atau sudah lewat lima menit. Coba sekali lagi.")


class PasskeyTaken(Conflict):
    code = "passkey_taken"
    message = N_("Kunci sandi ini sudah terdaftar.")


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    message = N_("Satu akun paling banyak punya 10 kunci sandi. Hapus dulu yang tidak dipakai.")


class NoPasskeysHere(Unavailable):
    code = "no_passkeys_here"
    message = N_("Kunci sandi belum bisa dipakai di alamat ini.")


class AlreadyGranted(Conflict):
    code = "already_granted"
    message = N_("Orang ini sudah punya peran itu.")


class NotToOneself(Forbidden):
    code = "not_to_oneself"
    message = N_("Tidak ada yang bisa memberi peran kepada dirinya sendiri, juga tidak lewat akun yang ia jadikan admin.")


class NotToOwnOffice(Forbidden):
    code = "not_to_own_office"
    message = N_("Peran di kantor sendiri diberikan oleh admin lain.")


class LastAdmin(Conflict):
    code = "last_admin"
    message = N_("Admin terakhir tidak bisa dicabut. Beri dulu peran itu kepada orang lain.")


class AccountClosed(Conflict):
    code = "account_closed"
    message = N_("Akun ini sudah ditutup.")


class NoSuchPerson(NotFound):
    code = "no_such_person"
    message = N_("Orang ini tidak ditemukan.")


class CannotReach(Unavailable):
    code = "cannot_reach"
    message = N_("Kode lewat HP belum bisa dikirim dari sini. Pakai email dulu.")
