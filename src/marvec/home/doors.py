"""Where the first page leads. Addresses only: the market knows nothing of the services behind them."""

from typing import NamedTuple

from common.i18n import N_


class Door(NamedTuple):
    url: str
    label: str
    icon: str


CITY = (
    Door("/layanan/akta-kelahiran", N_("Akta kelahiran"), "file"),
    Door("/layanan", N_("Semua layanan kota"), "city"),
    Door("/cek", N_("Periksa keaslian dokumen"), "check"),
)
MARKET = (
    Door("/permintaan/baru", N_("Minta barang, tunggu tawaran"), "bell"),
    Door("/toko/baru", N_("Buka toko"), "market"),
    Door("/pesanan", N_("Pesanan saya"), "cart"),
)
