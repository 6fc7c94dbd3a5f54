"""What can go wrong with one's own things."""

from common.errors import Conflict, Gone, NotFound
from common.i18n import N_


class NoSuchAddress(NotFound):
    code = "no_such_address"
    message = N_("Alamat ini tidak ada.")


class TooManyAddresses(Conflict):
    code = "too_many_addresses"
    message = N_("Alamat tersimpan paling banyak %(most)s. Hapus ki’ satu yang tidak dipakai.")


class NoSuchExport(NotFound):
    code = "no_such_export"
    message = N_("Unduhan ini tidak ada.")


class ExportGone(Gone):
    code = "export_gone"
    message = N_("Unduhan ini sudah lewat tujuh hari dan dihapus. Silakan minta yang baru.")


class ExportedJustNow(Conflict):
    code = "exported_just_now"
    message = N_("Data Anda baru saja disiapkan. Tunggu satu jam sebelum meminta lagi.")


class StillOpen(Conflict):
    code = "account_in_use"
    message = N_("Akun belum bisa ditutup: masih ada yang berjalan. Selesaikan dulu yang ada di daftar.")
