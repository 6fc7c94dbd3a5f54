"""The city's ordinary goods (`data/goods.csv`): categories, usual prices, and what the law asks of whoever sells them.

Which good a title names is told by `naming.py`; what may not be sold at all by `prohibited.py`.

Prices and times are mostly estimates of 2026 (class C in the file): they are shown as hints ("perkiraan"), never as facts.
"""

import csv
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
CITY_CREDENTIALS = ("spp-irt", "slhs", "sip")
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


def by_name(name: str) -> Good | None:
    return _by_name().get(name)


def credential_of(good: Good) -> str | None:
    """The credential of this city's without which the good may not be shown."""
    return next((kind for kind in CITY_CREDENTIALS if kind in good.regulated), None)


def credential_for(good: Good | None, category: str) -> str | None:
    """What selling a thing needs: the rule of its good; of its category where it has no known good, or a free one of another category."""
    needed = credential_of(good) if good else None
    if good is not None and (needed is not None or good.category == category):
        return needed
    return rules().get(category)


@lru_cache(maxsize=1)
def rules() -> dict[str, str]:
    """Category -> the credential that its things need unless their good says otherwise (`data/categories.csv`)."""
    with (Path(__file__).parent / "data" / "categories.csv").open(encoding="utf-8") as file:
        return {row["category"]: row["credential"] for row in csv.DictReader(file) if row["credential"]}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Good]:
    return {good.name: good for good in all_goods()}


def _good(row: dict[str, str]) -> Good:
    return Good(
        row["name"], row["what_id"], row["category"], row["unit"], int(row["price_idr"]), int(row["lead_minutes"]),
        tuple(kind for kind in row["regulated"].split(";") if kind != "none"), row["class"],
    )  # fmt: skip
