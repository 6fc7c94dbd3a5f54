"""What can be wrong with an upload."""

from common.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from common.i18n import N_


class NoSuchFile(NotFound):
    code = "no_such_file"
    message = N_("Berkas itu tidak ada.")


class WrongKind(Invalid):
    code = "wrong_kind"
    message = N_("Jenis berkas ini tidak diterima. Pilih berkas %(accepted)s.")


class Unreadable(Invalid):
    code = "unreadable_file"
    message = N_("Berkas ini rusak atau tidak terbaca. Coba foto atau pindai ulang.")


class TooManyPixels(Invalid):
    code = "too_many_pixels"
    message = N_("Gambar ini terlalu besar: paling besar 50 megapiksel. Kecilkan dulu, atau foto ulang.")


class TooComplex(Invalid):
    code = "file_too_complex"
    message = N_("Berkas ini terlalu rumit untuk kami periksa. Simpan ulang dengan ukuran lebih kecil, lalu unggah lagi.")


class ActiveContent(Invalid):
    code = "active_content"
    message = N_("PDF ini berisi program atau lampiran. Simpan ulang sebagai PDF biasa, lalu unggah lagi.")


class Encrypted(Invalid):
    code = "encrypted_file"
    message = N_("PDF ini terkunci dengan kata sandi. Simpan ulang tanpa kata sandi, lalu unggah lagi.")


class TooManyPages(Invalid):
    code = "too_many_pages"
    message = N_("PDF ini terlalu panjang: paling banyak 100 halaman. Pisahkan dulu, lalu unggah bagian yang diminta.")


class Infected(Invalid):
    code = "infected_file"
    message = N_("Berkas ini mengandung virus dan tidak kami simpan. Periksa perangkat Anda, lalu unggah berkas lain.")


class EmptyFile(Invalid):
    code = "empty_file"
    message = N_("Berkas ini kosong. Pilih berkas lain.")


class FileTooLarge(TooLarge):
    code = "file_too_large"
    message = N_("Berkas ini terlalu besar: paling besar %(megabytes)s MB. Kecilkan dulu, atau foto ulang.")


class TooManyFiles(Invalid):
    code = "too_many_files"
    message = N_("Terlalu banyak berkas sekaligus: paling banyak %(most)s. Kirim sisanya sesudah ini.")


class QuotaReached(Conflict):
    code = "file_quota_reached"
    message = N_("Tempat berkas Anda sudah penuh: paling banyak %(files)s berkas dan %(megabytes)s MB. Hapus yang tidak dipakai lagi dulu.")


class UploadGone(Conflict):
    code = "upload_gone"
    message = N_("Unggahan ini sudah tidak ada. Unggah lagi berkasnya.")


class CheckingBusy(Unavailable):
    code = "file_check_busy"
    message = N_("Sedang banyak berkas yang diperiksa. Coba lagi sebentar lagi.")


class NotChecked(Unavailable):
    code = "file_not_checked"
    message = N_("Berkas ini tidak selesai diperiksa dan tidak kami simpan. Coba lagi sebentar lagi.")


class ScannerAway(Unavailable):
    code = "file_scanner_away"
    message = N_("Pemeriksa virus sedang tidak bisa dihubungi, jadi berkas ini tidak kami simpan. Coba lagi sebentar lagi.")
