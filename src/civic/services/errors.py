"""What can go wrong with an application."""

from collections.abc import Iterable

from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.i18n import N_, gettext


class NoSuchService(NotFound):
    code = "no_such_service"
    message = N_("Layanan itu tidak ada. Lihat daftar layanan.")


class VersionGone(Conflict):
    code = "version_gone"
    message = N_("Permohonan ini memakai aturan layanan yang sedang tidak tersedia. Isian Anda aman. Coba lagi nanti.")


class NoSuchApplication(NotFound):
    code = "no_such_application"
    message = N_("Permohonan itu tidak ada. Lihat Permohonan saya.")


class NoSuchDocument(NotFound):
    code = "no_such_document"
    message = N_("Berkas itu bukan bagian dari layanan ini.")


class Incomplete(Invalid):
    code = "incomplete"
    message = N_("Permohonan belum lengkap. Periksa bagian yang ditandai.")


class NotYours(Conflict):
    code = "not_open_for_changes"
    message = N_("Permohonan ini sedang diperiksa kantor. Anda bisa mengubahnya kalau petugas meminta perbaikan.")


class NotAsked(Conflict):
    """`fields`: what was to be changed although nobody asked for it."""

    code = "not_asked_for"
    message = N_("Petugas hanya meminta perbaikan bagian tertentu. Yang lain tidak bisa diubah.")

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.fields = dict.fromkeys(sorted(names), gettext(N_("Bagian ini tidak diminta diperbaiki.")))


class StepNotNext(Conflict):
    code = "step_not_next"
    message = N_("Langkah itu sudah selesai, atau belum gilirannya. Muat ulang halaman ini.")


class FileMoved(Conflict):
    code = "file_moved"
    message = N_("Permohonan ini sudah berubah sejak Anda membukanya. Keputusan Anda belum dicatat. Lihat dulu keadaannya sekarang.")


class DecisionWaits(Conflict):
    code = "decision_waits"
    message = N_("Keputusan petugas lain atas permohonan ini sedang menunggu berlaku. Tunggu beberapa detik, lalu muat ulang.")


class DecisionStands(Conflict):
    code = "decision_stands"
    message = N_("Keputusan ini sudah berlaku. Tidak bisa lagi dibatalkan.")


class NoSuchDecision(NotFound):
    code = "no_such_decision"
    message = N_("Keputusan itu tidak ada. Lihat Meja kerja.")


class LevyMissing(Conflict):
    code = "levy_missing"
    message = N_("Tetapkan dulu retribusinya.")


class LevyNotHere(Conflict):
    code = "levy_not_here"
    message = N_("Layanan ini tidak memungut retribusi yang ditetapkan petugas.")


class LevyWaits(Conflict):
    code = "levy_waits"
    message = N_("Retribusi ini masih menunggu persetujuan petugas kedua.")


class NoSuchLevy(NotFound):
    code = "no_such_levy"
    message = N_("Penetapan retribusi itu sudah diganti atau diputuskan. Muat ulang halaman ini.")


class SecondOfficerNeeded(Forbidden):
    code = "second_officer_needed"
    message = N_("Yang menetapkan tidak boleh menyetujui sendiri. Minta petugas lain.")


class LevyPaid(Conflict):
    code = "levy_paid"
    message = N_("Retribusi ini sudah dibayar. Jumlahnya tidak bisa diubah lagi.")


class NothingAsked(Invalid):
    code = "nothing_asked"
    message = N_("Tulis apa yang harus diperbaiki.")


class NoAppointment(Conflict):
    code = "no_appointment"
    message = N_("Layanan ini tidak memakai jadwal. Anda bisa datang kapan saja pada jam buka.")


class NoSuchSlot(NotFound):
    code = "no_such_slot"
    message = N_("Jadwal itu tidak ada. Pilih dari daftar jadwal.")


class SlotOver(Conflict):
    code = "slot_over"
    message = N_("Jadwal itu sudah lewat. Pilih waktu lain.")


class SlotFull(Conflict):
    code = "slot_full"
    message = N_("Jadwal itu baru saja penuh. Pilih waktu lain.")


class SlotMissing(Invalid):
    code = "slot_missing"
    message = N_("Pilih dulu jadwal datang.")


class NoProduct(NotFound):
    code = "no_product"
    message = N_("Dokumennya belum terbit. Kami kabari kalau sudah siap.")
