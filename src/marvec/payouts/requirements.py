"""What the provider asks for, in words: each name of a requirement as a sentence that says what to do. Unknown names get an honest one.

Names: docs.stripe.com/api/accounts/object (requirements) and docs.stripe.com/connect/handling-api-verification.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from common.i18n import N_
from common.i18n import gettext as _
from common.payments.models import SellerAccount

WANTED: tuple[tuple[str, str], ...] = (
    ("external_account", N_("Isi rekening bank yang menerima uang penjualan.")),
    ("tos_acceptance", N_("Setujui syarat penyedia pembayaran.")),
    ("individual.verification.document", N_("Kirim foto KTP yang jelas dan utuh.")),
    ("individual.verification.additional_document", N_("Kirim satu dokumen lagi, misalnya KK atau paspor.")),
    ("individual.id_number", N_("Isi NIK seperti di KTP.")),
    ("individual.dob", N_("Isi tanggal lahir seperti di KTP.")),
    ("individual.first_name", N_("Isi nama seperti di KTP.")),
    ("individual.last_name", N_("Isi nama seperti di KTP.")),
    ("individual.address", N_("Isi alamat seperti di KTP.")),
    ("individual.phone", N_("Isi nomor HP yang aktif.")),
    ("individual.email", N_("Isi email yang aktif.")),
    ("individual", N_("Lengkapi data diri pemilik usaha.")),
    ("business_type", N_("Pilih jenis usaha: perorangan atau badan usaha.")),
    ("business_profile", N_("Ceritakan singkat apa yang dijual.")),
    ("company", N_("Lengkapi data badan usaha.")),
    ("owners", N_("Lengkapi data para pemilik badan usaha.")),
    ("representative", N_("Lengkapi data wakil badan usaha.")),
)
"""The longest name comes before the shorter one that begins it."""
OTHER = N_("Ada isian lain yang diminta. Buka formulirnya untuk melihat.")

PAUSED: tuple[tuple[str, str], ...] = (
    ("requirements.past_due", N_("Ada data yang belum dikirim. Uang Anda aman, dan menunggu sampai lengkap.")),
    ("requirements.pending_verification", N_("Data Anda sedang diperiksa. Biasanya selesai dalam satu atau dua hari kerja.")),
    ("under_review", N_("Akun ini sedang diperiksa penyedia pembayaran. Tidak ada yang perlu dilakukan sekarang.")),
    ("listed", N_("Penyedia pembayaran sedang mencocokkan nama Anda dengan daftar resmi. Tunggu hasilnya.")),
    ("platform_paused", N_("Pembayaran ke akun ini kami hentikan sementara. Hubungi kami untuk tahu sebabnya.")),
    ("rejected", N_("Penyedia pembayaran menolak akun ini. Hubungi kami; uang Anda tetap kami simpan.")),
)
NOT_HERS = ("requirements.pending_verification", "under_review", "listed", "platform_paused", "rejected")
"""Reasons that the form does not mend: somebody else has the next move."""
PAUSED_OTHERWISE = N_("Penyedia pembayaran menghentikan akun ini sementara. Buka formulirnya, atau hubungi kami.")

ERRORS: tuple[tuple[str, str], ...] = (
    ("verification_document_not_readable", N_("Foto dokumennya buram. Foto lagi di tempat terang, tanpa pantulan.")),
    ("verification_document_expired", N_("Dokumennya sudah habis masa berlakunya. Kirim yang masih berlaku.")),
    ("verification_document_name_mismatch", N_("Nama di dokumen berbeda dengan yang diisi. Samakan, lalu kirim lagi.")),
    ("verification_document_dob_mismatch", N_("Tanggal lahir di dokumen berbeda dengan yang diisi. Samakan, lalu kirim lagi.")),
    ("verification_document", N_("Dokumennya belum bisa diterima. Kirim foto KTP asli, kedua sisinya, utuh.")),
    ("verification_failed_keyed_identity", N_("Nama, tanggal lahir, atau NIK belum cocok. Periksa lagi isiannya.")),
    ("verification", N_("Data yang diisi belum bisa dipastikan. Periksa lagi isiannya.")),
    ("invalid_address", N_("Alamatnya belum benar. Isi seperti di KTP.")),
    ("invalid", N_("Ada isian yang belum benar. Periksa lagi.")),
)
ERROR_OTHERWISE = N_("Yang dikirim belum diterima. Buka formulirnya untuk melihat sebabnya.")


@dataclass(frozen=True)
class AccountState:
    """How a shop's account stands, for its page. `state`: none, new, checked, paused, partly, ready, gone. The lists are sentences.

    `needs_the_seller`: she has something to do at the provider's form.
    """

    state: str
    todo: list[str]
    soon: list[str]
    wrong: list[str]
    why: str
    needs_the_seller: bool
    may_open_dashboard: bool


def told(row: SellerAccount | None) -> AccountState:
    """What is known of an account, as words."""
    if row is None or row.provider_account is None:
        return AccountState("none", [], [], [], "", needs_the_seller=True, may_open_dashboard=False)
    wanted = row.requirements
    now = [*wanted.get("past_due", ()), *wanted.get("currently_due", ())]
    later = [name for name in wanted.get("eventually_due", ()) if name not in now]
    wrong = [_first(ERRORS, code, ERROR_OTHERWISE) for _requirement, code in wanted.get("errors", ())]
    reason = wanted.get("disabled_reason", "")
    why = _first(PAUSED, reason, PAUSED_OTHERWISE) if reason else ""
    state = _state(row, wanted)
    hers = state == "new" or bool(now or wrong) or (state in ("paused", "partly") and not reason.startswith(NOT_HERS))
    dashboard = row.details_submitted and not row.disconnected
    return AccountState(state, _sentences(now), _sentences(later), wrong, why, hers and state != "gone", dashboard)


def _state(row: SellerAccount, wanted: dict[str, Any]) -> str:
    if row.disconnected:
        return "gone"
    if row.transfers_enabled and row.payouts_enabled:
        return "ready"
    if not row.details_submitted:
        return "new"
    if row.transfers_enabled:
        return "partly"
    return "checked" if wanted.get("pending_verification") and not wanted.get("past_due") else "paused"


def _sentences(names: Iterable[str]) -> list[str]:
    """Each sentence once, in the order of the provider's names."""
    return list(dict.fromkeys(_first(WANTED, name, OTHER) for name in names))


def _first(table: tuple[tuple[str, str], ...], name: str, otherwise: str) -> str:
    return _(next((text for begin, text in table if name.startswith(begin)), otherwise))
