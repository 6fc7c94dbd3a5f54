"""What can go wrong with an offer."""

from common.errors import Conflict, Forbidden, Gone, NotFound
from common.i18n import N_


class NoSuchOffer(NotFound):
    code = "no_such_offer"
    message = N_("Tawaran ini tidak ada, atau bukan untuk Anda. Buka lagi dari percakapannya.")


class NotYourOffer(Forbidden):
    code = "not_your_offer"
    message = N_("Yang membuat tawaran hanya bisa menariknya. Yang menerima tawaran bisa menjawabnya.")


class OfferOver(Gone):
    code = "offer_over"
    message = N_("Tawaran ini sudah berakhir. Buat tawaran baru kalau masih mau.")


class NotBetweenYou(Conflict):
    code = "not_between_you"
    message = N_("Barang ini bukan milik salah satu dari Anda berdua. Pilih barang lain.")
