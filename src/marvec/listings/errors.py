"""What can go wrong around goods."""

from common.errors import Conflict, NotFound
from common.i18n import N_


class NoSuchListing(NotFound):
    code = "no_such_listing"
    message = N_("Barang ini tidak ada, atau sudah dihapus.")


class NoSuchPicture(NotFound):
    code = "no_such_picture"
    message = N_("Gambar ini tidak ada, atau sudah dihapus.")


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


class CredentialNeeded(Conflict):
    """Parameter: `kind`."""

    code = "credential_needed"
    message = N_("Barang ini perlu izin %(kind)s yang masih berlaku. Urus dulu izinnya; caranya ada di Layanan.")


class HeldBack(Conflict):
    code = "held_back"
    message = N_("Barang ini kami sembunyikan: %(because)s")
