"""The city's ordinary goods (`data/goods.csv`): categories, usual prices, and what the law asks of whoever sells them.

Prices and times are mostly estimates of 2026 (class C in the file): they are shown as hints ("perkiraan"), never as facts.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from common.i18n import N_

CATEGORY_NAMES = {
    "makanan": N_("Makanan"),
    "kue": N_("Kue"),
    "ikan": N_("Ikan & hasil laut"),
    "tani": N_("Hasil tani"),
    "camilan": N_("Camilan"),
    "minuman": N_("Minuman"),
    "kopi": N_("Kopi"),
    "rempah": N_("Rempah"),
    "katering": N_("Katering"),
    "sembako": N_("Sembako"),
    "fashion": N_("Pakaian"),
    "tenun": N_("Tenun"),
    "kerajinan": N_("Kerajinan"),
    "jasa": N_("Jasa"),
    "jasa-rumah": N_("Jasa rumah"),
    "servis": N_("Servis"),
    "acara": N_("Acara"),
    "wisata": N_("Wisata"),
    "kesehatan": N_("Kesehatan"),
}
CITY_CREDENTIALS = ("spp-irt", "slhs")
"""Of what the law may ask, the kinds that this city issues and whose absence hides a listing."""


@dataclass(frozen=True, slots=True)
class Good:
    """One row of the file; `price` is usual, in whole rupiah for one `unit`; `evidence` is the fact's class (A, B, C)."""

    name: str
    meaning: str
    category: str
    unit: str
    price: int
    lead_minutes: int
    regulated: tuple[str, ...]
    evidence: str


@lru_cache(maxsize=1)
def all_goods() -> tuple[Good, ...]:
    with (Path(__file__).parent / "data" / "goods.csv").open(encoding="utf-8") as file:
        return tuple(_good(row) for row in csv.DictReader(file))


def units() -> list[str]:
    """The units that people here sell by, the most usual first."""
    named = [good.unit for good in all_goods()]
    return sorted(dict.fromkeys(named), key=lambda unit: -named.count(unit))


def credential_needed(title: str) -> str | None:
    """The city's credential that a thing of this title needs: that of the longest known good whose name the title contains."""
    words = _plain(title)
    known = [good for good in all_goods() if f" {_plain(good.name)} " in f" {words} "]
    if not known:
        return None
    longest = max(known, key=lambda good: len(good.name))
    return next((kind for kind in CITY_CREDENTIALS if kind in longest.regulated), None)


def _good(row: dict[str, str]) -> Good:
    return Good(
        row["name"], row["what_id"], row["category"], row["unit"], int(row["price_idr"]), int(row["lead_minutes"]),
        tuple(kind for kind in row["regulated"].split(";") if kind != "none"), row["class"],
    )  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower().replace("'", "")).strip()
