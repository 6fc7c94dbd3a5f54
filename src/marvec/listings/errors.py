"""What can go wrong around goods."""

from common.errors import Conflict, NotFound
from common.i18n import N_


class NoSuchListing(NotFound):
    code = "no_such_listing"
    message = N_("Barang ini tidak ada, atau sudah dihapus.")


class NoSuchPicture(NotFound):
    code = "no_such_picture"
    message = N_("Gambar ini tidak ada, atau sudah dihapus.")


class NoSuchPermit(NotFound):
    code = "no_such_permit"
    message = N_("Izin ini tidak ada di daftar.")


class ListingChanged(Conflict):
    code = "listing_changed"
    message = N_("Barang ini sudah diubah di tempat lain. Muat ulang, lalu coba lagi.")


class OutOfStock(Conflict):
    """Parameters: `left` (free pieces), `listing_id`."""

    code = "out_of_stock"
    message = N_("Stok tinggal %(left)s. Kurangi jumlahnya.")


class NotReserved(Conflict):
    """More was to be freed or taken than is reserved: the caller counted wrong. Parameters as `OutOfStock`."""

    code = "not_reserved"
    message = N_("Stok ini tidak sedang dipesan.")


class TooManyPictures(Conflict):
    code = "too_many_pictures"
    message = N_("Paling banyak %(most)s gambar untuk satu barang. Hapus dulu salah satunya.")


class NotShown(Conflict):
    """The words of a thing keep it from being shown; its editor says what to do."""


class CredentialNeeded(NotShown):
    """Parameters: `kind` as people call it, `help` where it is told how to get one."""

    code = "credential_needed"
    message = N_("Barang ini perlu izin %(kind)s yang masih berlaku. Urus dulu izinnya, lalu tampilkan lagi.")


class GoodUnclear(NotShown):
    """The title names something that needs a credential, and the seller chose something else. Parameters: `word`, `kind`."""

    code = "good_unclear"
    message = N_("Namanya menyebut “%(word)s”, yang perlu izin %(kind)s. Cocokkan jenis barangnya, atau minta petugas memeriksa.")


class Prohibited(NotShown):
    """Parameters: `word`, `law`."""

    code = "prohibited"
    message = N_("“%(word)s” tidak boleh dijual: %(law)s. Kalau kami keliru, minta petugas memeriksa.")


class MaybeProhibited(Prohibited):
    """The spelling leaves a doubt, so that this is worded as a guess."""

    code = "maybe_prohibited"
    message = N_("Ini mirip “%(word)s”, yang tidak boleh dijual: %(law)s. Perbaiki namanya, atau minta petugas memeriksa.")


class HeldBack(Conflict):
    code = "held_back"
    message = N_("Barang ini kami sembunyikan: %(because)s")
