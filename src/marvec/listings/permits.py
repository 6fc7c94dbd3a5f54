"""What sellers must know of the credentials that goods need: what each is for, by which law, and how one gets it. The page `/izin-jualan`.

Facts as the city's services know them; where the service cannot be filed here, the page says so instead of leading nowhere.
"""

from dataclasses import dataclass

from common.i18n import N_


@dataclass(frozen=True, slots=True)
class Permit:
    """A kind of credential in words; `steps` in the order in which they are gone."""

    kind: str
    name: str
    what: str
    law: str
    office: str
    steps: tuple[str, ...]
    cost: str


PERMITS = (
    Permit(
        "spp-irt", "SPP-IRT",
        N_("Untuk makanan dan minuman kering dalam kemasan yang tahan tujuh hari atau lebih, dibuat di rumah."),
        N_("UU 18/2012 tentang Pangan dan aturan SPP-IRT dari BPOM"),
        N_("DPMPTSP dan Dinas Kesehatan Kota Makassar, lewat OSS atau Mal Pelayanan Publik"),
        (
            N_("Siapkan NIB dengan bidang usaha pangan yang sesuai."),
            N_("Siapkan rancangan label, foto produk, dan alur pembuatannya."),
            N_("Ajukan lewat oss.go.id, atau datang ke Mal Pelayanan Publik."),
            N_("Ikuti penyuluhan keamanan pangan dan pemeriksaan dapur dalam tiga bulan."),
        ),
        N_("Tidak ada retribusi."),
    ),
    Permit(
        "slhs", "SLHS",
        N_("Untuk katering, nasi kotak, depot air minum, dan tempat makan: dapurnya laik higiene dan sanitasi."),
        N_("UU 17/2023 dan Permenkes 11/2025"),
        N_("Dinas Kesehatan dan DPMPTSP Kota Makassar, lewat OSS atau Mal Pelayanan Publik"),
        (
            N_("Siapkan NIB dengan bidang usaha yang sesuai."),
            N_("Ikuti pelatihan penjamah pangan, lalu isi pemeriksaan mandiri."),
            N_("Petugas puskesmas memeriksa dapur dan mengambil contoh air serta makanan."),
        ),
        N_("Tidak ada retribusi; pemeriksaan laboratorium dibayar pemohon."),
    ),
    Permit(
        "sip", "SIP",
        N_("Untuk layanan bidan, perawat, dan tenaga kesehatan lain."),
        N_("UU 17/2023 tentang Kesehatan"),
        N_("DPMPTSP Kota Makassar, lewat Mal Pelayanan Publik"),
        (
            N_("Siapkan STR yang berlaku dan bukti tempat praktik."),
            N_("Penuhi kecukupan SKP dari organisasi profesi."),
            N_("Ajukan izin praktik ke DPMPTSP."),
        ),
        N_("Tidak ada retribusi."),
    ),
)  # fmt: skip


def permit(kind: str) -> Permit | None:
    return next((one for one in PERMITS if one.kind == kind), None)


def name_of(kind: str) -> str:
    found = permit(kind)
    return found.name if found else kind.upper()


def page_of(kind: str) -> str:
    """The address of the page that tells how to get one."""
    return f"/izin-jualan/{kind}"
