"""What can go wrong with an order."""

from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import N_


class NoSuchOrder(NotFound):
    code = "no_such_order"
    message = N_("Pesanan ini tidak ada, atau bukan pesanan Anda. Lihat Pesanan saya.")


class NothingToOrder(Invalid):
    code = "nothing_to_order"
    message = N_("Belum ada barang yang dipesan. Isi dulu keranjangnya.")


class QuantityOutOfRange(Invalid):
    code = "quantity_out_of_range"
    message = N_("Jumlah barang harus antara 1 dan %(most)s.")


class TooExpensive(Invalid):
    code = "too_expensive"
    message = N_("Nilai pesanan terlalu besar untuk satu pembayaran. Bagi menjadi beberapa pesanan.")


class NotForSale(Conflict):
    code = "not_for_sale"
    message = N_("Ada barang yang sudah tidak dijual. Periksa keranjang ta’.")


class PriceChanged(Conflict):
    """Params: listing_id, title, price (rupiah now)."""

    code = "price_changed"
    message = N_("Harga %(title)s sudah berubah. Periksa lagi sebelum memesan.")


class SellerLimitReached(Conflict):
    """The order would bring its seller above what she may sell this month. Params: seller_id."""

    code = "seller_limit_reached"
    message = N_("Batas jual penjual ini untuk bulan ini sudah penuh. Uang Anda belum diambil. Kami kabari penjualnya; coba lagi nanti.")


class OwnGoods(Conflict):
    code = "own_goods"
    message = N_("Barang dari toko sendiri tidak bisa dipesan.")


class NotYourMove(Forbidden):
    code = "not_your_move"
    message = N_("Langkah ini hanya bisa dilakukan pihak lain.")


class RefundOutOfRange(Invalid):
    code = "refund_out_of_range"
    message = N_("Uang yang dikembalikan harus antara Rp0 dan nilai pesanan.")
