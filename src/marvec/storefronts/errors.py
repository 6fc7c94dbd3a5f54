"""What can go wrong around a shop."""

from common.errors import Conflict, Forbidden, NotFound
from common.i18n import N_


class NoSuchStorefront(NotFound):
    code = "no_such_storefront"
    message = N_("Toko ini tidak ada, atau sudah tutup.")


class NotYourStorefront(Forbidden):
    code = "not_your_storefront"
    message = N_("Hanya pemilik toko yang bisa melakukan ini.")


class NotConfirmedYet(Forbidden):
    """A seller without a confirmed address. The code is that of every door that asks for a level of assurance."""

    code = "assurance_needed"
    message = N_("Untuk berjualan, nomor HP atau email Anda perlu dikonfirmasi dulu. Caranya ada di halaman Konfirmasi.")


class StorefrontChanged(Conflict):
    code = "storefront_changed"
    message = N_("Data toko sudah diubah di tempat lain. Muat ulang, lalu coba lagi.")


class TooManyStorefronts(Conflict):
    code = "too_many_storefronts"
    message = N_("Satu orang paling banyak punya %(most)s toko.")
