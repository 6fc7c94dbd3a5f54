"""What can go wrong with an order."""

from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import N_
from common.i18n import gettext as _


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


class OrderFrozen(Conflict):
    code = "order_frozen"
    message = N_(
        "Pesanan ini dibekukan, karena bank pembeli menyengketakan pembayarannya. Langkahnya terbuka lagi setelah bank memutuskan."
    )


class RefundOutOfRange(Invalid):
    code = "refund_out_of_range"
    message = N_("Uang yang dikembalikan harus antara Rp0 dan nilai pesanan.")


class ReasonNeeded(Invalid):
    """A step that hurts the other side was asked for without a word why."""

    code = "reason_needed"
    message = N_("Tulis dulu alasannya. Pihak lain akan membacanya.")

    def __init__(self, field: str = "note") -> None:
        super().__init__({field: _(self.message)})


class MoreThanLeft(Conflict):
    """Params: left (rupiah, in words)."""

    code = "more_than_left"
    message = N_("Pesanan ini tinggal punya %(left)s. Tulis jumlah yang lebih kecil.")


class PartOutOfRange(Invalid):
    """A part of the money that is none. Params: left (rupiah, in words)."""

    code = "part_out_of_range"
    message = N_("Sebagian berarti lebih dari Rp0 dan kurang dari %(left)s.")

    def __init__(self, field: str, left: str) -> None:
        super().__init__({field: _(self.message, left=left)}, left=left)


class TooLateToRefund(Conflict):
    code = "too_late_to_refund"
    message = N_("Uang pesanan ini tidak bisa dikembalikan dari sini lagi. Batasnya 7 hari setelah pesanan selesai.")


class CancelInstead(Conflict):
    code = "cancel_instead"
    message = N_("Untuk mengembalikan semuanya, batalkan atau tolak pesanannya. Stok ikut kembali.")


class NoDispute(Conflict):
    code = "no_dispute"
    message = N_("Pesanan ini tidak sedang bermasalah. Muat ulang halaman pesanannya.")


class StillBetweenTheTwo(Conflict):
    """Params: until."""

    code = "still_between_the_two"
    message = N_("Pembeli dan penjual masih bisa sepakat sampai %(until)s. Putusan bisa dibuat sesudah itu.")


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"
    message = N_("Ada yang berubah sejak halaman ini dibuka. Baca dulu yang baru, lalu ulangi.")


class SaidEnough(Conflict):
    """Params: most."""

    code = "said_enough"
    message = N_("Sudah %(most)s keterangan dari Anda. Petugas membaca semuanya.")


class TooManyPictures(Invalid):
    code = "too_many_pictures"
    message = N_("Paling banyak %(most)s gambar untuk satu keterangan.")
