"""pydantic's errors in plain words: what is wrong and what would be right, in the user's language."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from common.i18n import N_, gettext

WORDS = {
    "missing": N_("Wajib diisi."),
    "string_too_short": N_("Terlalu pendek: paling sedikit %(min_length)s huruf."),
    "string_too_long": N_("Terlalu panjang: paling banyak %(max_length)s huruf."),
    "string_pattern_mismatch": N_("Bentuknya belum benar. Periksa lagi."),
    "int_parsing": N_("Tulis dengan angka saja."),
    "int_from_float": N_("Tulis angka bulat, tanpa koma."),
    "int_type": N_("Tulis dengan angka saja."),
    "float_parsing": N_("Tulis dengan angka saja."),
    "decimal_parsing": N_("Tulis dengan angka saja."),
    "bool_parsing": N_("Pilih ya atau tidak."),
    "greater_than": N_("Harus lebih dari %(gt)s."),
    "greater_than_equal": N_("Paling sedikit %(ge)s."),
    "less_than": N_("Harus kurang dari %(lt)s."),
    "less_than_equal": N_("Paling banyak %(le)s."),
    "too_short": N_("Pilih paling sedikit %(min_length)s."),
    "too_long": N_("Pilih paling banyak %(max_length)s."),
    "enum": N_("Pilih salah satu yang tersedia."),
    "literal_error": N_("Pilih salah satu yang tersedia."),
    "date_parsing": N_("Tanggalnya belum benar. Contoh: 2026-12-03."),
    "date_from_datetime_parsing": N_("Tanggalnya belum benar. Contoh: 2026-12-03."),
    "date_past": N_("Tanggalnya harus sudah lewat."),
    "date_future": N_("Tanggalnya harus yang akan datang."),
    "datetime_parsing": N_("Tanggal atau jamnya belum benar."),
    "datetime_from_date_parsing": N_("Tanggal atau jamnya belum benar."),
    "timezone_aware": N_("Tanggal atau jamnya belum benar."),
    "time_parsing": N_("Jamnya belum benar. Contoh: 08:00."),
    "uuid_parsing": N_("Pilihan ini tidak ada. Pilih yang lain."),
    "url_parsing": N_("Alamatnya belum benar. Contoh: https://contoh.id."),
    "extra_forbidden": N_("Isian ini tidak dikenal. Hapus, lalu coba lagi."),
}
OTHERWISE = N_("Isian ini belum benar. Periksa lagi.")


def in_words(error: ValidationError) -> dict[str, str]:
    """Field (`"address.street"`, `"lines.0.quantity"`) -> the first thing wrong with it. A whole-schema error stands under `""`."""
    found: dict[str, str] = {}
    for detail in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in detail["loc"] if not str(part).startswith("function-"))
        found.setdefault(name, _say(detail))
    return found


def _say(detail: ErrorDetails) -> str:
    context: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == "value_error":
        # A validator of ours raised ValueError(N_("...")): its own words.
        return gettext(str(context["error"]))
    return gettext(WORDS.get(detail["type"], OTHERWISE)) % context
