"""What can be wrong with an upload."""

from common.errors import Invalid, NotFound, TooLarge
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


class ActiveContent(Invalid):
    code = "active_content"
    message = N_("PDF ini berisi program atau lampiran. Simpan ulang sebagai PDF biasa, lalu unggah lagi.")


class EmptyFile(Invalid):
    code = "empty_file"
    message = N_("Berkas ini kosong. Pilih berkas lain.")


class FileTooLarge(TooLarge):
    code = "file_too_large"
    message = N_("Berkas ini terlalu besar: paling besar %(megabytes)s MB. Kecilkan dulu, atau foto ulang.")
