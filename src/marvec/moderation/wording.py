"""How reasons, states and decisions are called."""

from common.i18n import N_
from marvec.moderation.models import CaseState, Kind, Reason

REASONS: dict[Reason, str] = {
    Reason.FRAUD: N_("Penipuan: minta bayar di luar, atau barang tidak dikirim"),
    Reason.FORBIDDEN: N_("Barang terlarang atau berbahaya"),
    Reason.UNLICENSED: N_("Dijual tanpa izin yang wajib"),
    Reason.FAKE: N_("Palsu atau tiruan merek"),
    Reason.MISLEADING: N_("Gambar, harga, atau keterangannya tidak benar"),
    Reason.RUDE: N_("Kata kasar, mengancam, atau melecehkan"),
    Reason.OTHER: N_("Lain-lain"),
    Reason.REVIEW: N_("Penjual minta diperiksa"),
}
KINDS: dict[Kind, str] = {Kind.LISTING: N_("Barang"), Kind.MESSAGE: N_("Pesan")}
STATES: dict[CaseState, tuple[str, str]] = {
    CaseState.OPEN: (N_("Menunggu keputusan"), "warn"),
    CaseState.DISMISSED: (N_("Tidak ada pelanggaran"), ""),
    CaseState.WARNED: (N_("Ditegur"), "note"),
    CaseState.HIDDEN: (N_("Barang disembunyikan"), "bad"),
    CaseState.SUSPENDED: (N_("Toko dibekukan"), "bad"),
    CaseState.LIFTED: (N_("Dipulihkan"), "good"),
}
BUTTONS: dict[CaseState, tuple[str, str]] = {
    CaseState.DISMISSED: (N_("Tidak ada pelanggaran"), "quiet"),
    CaseState.WARNED: (N_("Tegur"), "quiet"),
    CaseState.HIDDEN: (N_("Sembunyikan barang"), "primary"),
    CaseState.SUSPENDED: (N_("Bekukan toko"), "danger"),
    CaseState.LIFTED: (N_("Pulihkan"), "primary"),
}
FOR_OWNER: dict[CaseState, str] = {
    CaseState.WARNED: N_("Teguran tentang “%(thing)s”: %(because)s"),
    CaseState.HIDDEN: N_("“%(thing)s” kami sembunyikan: %(because)s"),
    CaseState.SUSPENDED: N_("Toko Anda kami bekukan karena “%(thing)s”: %(because)s"),
    CaseState.LIFTED: N_("“%(thing)s” sudah kami pulihkan: %(because)s"),
}
REVIEWED = N_("“%(thing)s” sudah kami periksa dan boleh dijual: %(because)s")
"""For the owner who asked for the look."""
FOR_REPORTER: dict[CaseState, str] = {
    CaseState.DISMISSED: N_("Laporan Anda tentang “%(thing)s” sudah diperiksa: tidak ada pelanggaran. Terima kasih sudah melapor."),
    CaseState.WARNED: N_("Laporan Anda tentang “%(thing)s” sudah diperiksa: pemiliknya kami tegur. Terima kasih."),
    CaseState.HIDDEN: N_("Laporan Anda tentang “%(thing)s” sudah diperiksa: barangnya kami sembunyikan. Terima kasih."),
    CaseState.SUSPENDED: N_("Laporan Anda tentang “%(thing)s” sudah diperiksa: tokonya kami bekukan. Terima kasih."),
}
A_MESSAGE = N_("sebuah pesan")
