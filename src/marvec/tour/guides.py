"""Who one may look around as, and where each begins."""

from dataclasses import dataclass

from common.i18n import N_


@dataclass(frozen=True)
class Guide:
    """`key` is an account of the demonstration; `url` the first page it is shown."""

    key: str
    label: str
    about: str
    url: str
    icon: str


GUIDES = (
    Guide("pembeli", N_("Pembeli"), N_("Pesanan dalam setiap keadaan, permintaan, tawaran, percakapan."), "/pesanan", "cart"),
    Guide("penjual", N_("Penjual"), N_("Toko kue di Tallo: pesanan masuk, peluang, barang."), "/toko-saya", "market"),
    Guide(
        "ibu",
        N_("Warga"),
        N_("Akta kelahiran: belum dikirim, sedang diperiksa, dan sudah terbit. Nomor antrean puskesmas."),
        "/permohonan",
        "person",
    ),
    Guide("petugas", N_("Petugas"), N_("Meja kerja Disdukcapil dengan permohonan yang menunggu."), "/meja", "file"),
    Guide("perawat", N_("Perawat"), N_("Antrean Puskesmas Kassi-Kassi hari ini: panggil nomor berikutnya."), "/meja/antrean", "clock"),
    Guide("operator", N_("Operator"), N_("Buku besar, sengketa, pekerjaan latar."), "/operator", "check"),
)
