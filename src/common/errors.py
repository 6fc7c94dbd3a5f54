"""What can go wrong, as words of the domain that carry their HTTP status. Raise them; one place (`web`) turns them into answers.

A room's error is three lines: `class OutOfStock(Conflict): code = "out_of_stock"; message = N_("Stok tinggal %(left)s.")`.
409 says "not now", 422 says "malformed".
"""

from typing import ClassVar

from common.i18n import N_, gettext


class DomainError(Exception):
    """Base of all. `code` is stable and for programs; `message` is for people, translated when it is shown."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "error"
    message: ClassVar[str] = N_("Ini tidak bisa kami proses. Periksa isiannya, lalu coba lagi.")

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params = params
        self.fields: dict[str, str] = {}

    def __str__(self) -> str:
        return gettext(self.message, **self.params)

    @property
    def help(self) -> str:
        """The path of a page that tells what to do, empty without one."""
        return str(self.params.get("help", ""))


class Unauthenticated(DomainError):
    status = 401
    code = "unauthenticated"
    message = N_("Silakan masuk dulu.")


class Forbidden(DomainError):
    status = 403
    code = "forbidden"
    message = N_("Akun Anda tidak berhak melakukan ini.")


class NotFound(DomainError):
    status = 404
    code = "not_found"
    message = N_("Yang Anda cari tidak ada di sini.")


class Conflict(DomainError):
    status = 409
    code = "conflict"
    message = N_("Keadaannya sudah berubah. Muat ulang, lalu coba lagi.")


class Gone(DomainError):
    status = 410
    code = "gone"
    message = N_("Ini sudah tidak berlaku. Mulai lagi dari halaman sebelumnya.")


class TooLarge(DomainError):
    status = 413
    code = "too_large"
    message = N_("Kiriman ini terlalu besar. Kecilkan berkasnya, lalu coba lagi.")


class Invalid(DomainError):
    """Malformed input. `fields` maps a field's name to what is wrong with it."""

    status = 422
    code = "invalid"
    message = N_("Ada isian yang perlu diperbaiki.")

    def __init__(self, fields: dict[str, str] | None = None, **params: object) -> None:
        super().__init__(**params)
        self.fields = fields or {}


class ReasonMissing(Invalid):
    """A decision about somebody without the reason that he has a right to."""

    code = "reason_missing"
    message = N_("Tulis alasannya. Yang bersangkutan berhak tahu mengapa.")

    def __init__(self) -> None:
        super().__init__({"reason": gettext(self.message)})


class TooMany(DomainError):
    status = 429
    code = "too_many"
    message = N_("Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.")


class Unavailable(DomainError):
    status = 503
    code = "unavailable"
    message = N_("Marvec sedang sulit dihubungi. Coba lagi sebentar lagi.")


class DiskFull(DomainError):
    """Nothing more can be kept: somebody must make room. What was kept before is whole."""

    status = 507
    code = "disk_full"
    message = N_("Penyimpanan kami sedang penuh, jadi ini belum tersimpan. Coba lagi nanti.")
