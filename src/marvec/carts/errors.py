"""What can go wrong with a cart."""

from common.errors import Conflict
from common.i18n import N_


class CartFull(Conflict):
    code = "cart_full"
    message = N_("Keranjang sudah penuh: paling banyak %(most)s macam barang. Pesan dulu, atau hapus satu.")


class GoneFromSale(Conflict):
    code = "gone_from_sale"
    message = N_("Barang ini sudah tidak dijual. Lihat yang mirip di pasar.")
