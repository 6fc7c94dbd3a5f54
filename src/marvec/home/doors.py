"""Where the first page leads. Addresses only: the market knows nothing of the services behind them."""

from typing import NamedTuple

from common.i18n import N_


class Door(NamedTuple):
    url: str
    label: str
    icon: str
    of_city: bool = False


DOORS = (
    Door("/pasar", N_("Pasar"), "market"),
    Door("/permintaan/baru", N_("Minta barang"), "bell"),
    Door("/toko/baru", N_("Buka toko"), "plus"),
    Door("/peta", N_("Peta"), "place"),
    Door("/layanan", N_("Layanan kota"), "city", of_city=True),
    Door("/antrean", N_("Antrean"), "clock", of_city=True),
    Door("/layanan/akta-kelahiran", N_("Akta kelahiran"), "file", of_city=True),
    Door("/cek", N_("Cek dokumen"), "check", of_city=True),
)
"""Eight, so that two rows of four stand on a telephone and one row at a desk."""
OCCASIONS = (
    ("punya-bayi", N_("Punya bayi")),
    ("ktp-dan-kk", N_("KTP atau KK")),
    ("buka-usaha", N_("Buka usaha")),
    ("sakit", N_("Sakit")),
    ("menikah", N_("Menikah")),
    ("bangun-rumah", N_("Bangun rumah")),
    ("orang-meninggal", N_("Orang meninggal")),
)
