"""The offices and Puskesmas of the city, read once; found by the words of their names."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from common import regions
from common.i18n import N_, locale

DATA = Path(regions.__file__).parent / "data"
UNVERIFIED = "C"
KINDS = {
    "sekretariat": N_("Sekretariat dan inspektorat"),
    "dinas": N_("Dinas"),
    "badan": N_("Badan"),
    "satuan": N_("Satuan, rumah sakit, dan unit"),
    "kecamatan": N_("Kecamatan"),
    "puskesmas": N_("Puskesmas"),
    "perumda": N_("Perusahaan kota"),
    "eksternal": N_("Bukan milik kota, tapi melayani warga"),
}
"""Kinds of the data, in the order of the page; `_SAME` says which kinds stand under another's heading."""

_SAME = {"inspektorat": "sekretariat", "rsud": "satuan", "unit": "satuan"}
_ORDER = tuple(KINDS)


@dataclass(frozen=True, slots=True)
class Office:
    """One office. `tasks` are in English (as their source gives them); `fact_class` is A, B or C; `code` is unique."""

    code: str
    kind: str
    name_id: str
    name_en: str
    tasks: str
    kecamatan: str
    address: str
    fact_class: str
    source: str

    @property
    def name(self) -> str:
        """In the language spoken now."""
        return self.name_en if locale() == "en" else self.name_id

    @property
    def is_verified(self) -> bool:
        return self.fact_class != UNVERIFIED

    @property
    def words(self) -> str:
        return " ".join((self.code, self.name_id, self.name_en, self.tasks, self.kecamatan, self.address)).casefold()


@lru_cache(maxsize=1)
def all_offices() -> tuple[Office, ...]:
    """By kind in the order of the page, within it as the files have them."""
    return tuple(sorted((*_offices(), *_health_centres()), key=lambda one: _ORDER.index(one.kind)))


def find(text: str = "") -> list[Office]:
    """Those whose name, tasks, place or address hold every word of `text`; all of them for none."""
    wanted = text.casefold().split()
    return [one for one in all_offices() if all(word in one.words for word in wanted)]


def after(found: list[Office], code: str | None, limit: int) -> list[Office]:
    """Up to `limit + 1` of the list, continued after the office of that code; from the start when it is not in the list."""
    codes = [one.code for one in found]
    start = codes.index(code) + 1 if code in codes else 0
    return found[start : start + limit + 1]


def by_kind(found: list[Office]) -> list[tuple[str, list[Office]]]:
    """(heading, offices) in the order of the page."""
    return [(KINDS[kind], list(offices)) for kind, offices in groupby(found, key=lambda one: one.kind)]


def _offices() -> Iterator[Office]:
    for row in _rows("offices.csv"):
        kind = _SAME.get(row["kind"], row["kind"])
        tasks = "" if kind == "kecamatan" else row["tasks_or_code"]  # a kecamatan's column holds its code
        yield Office(row["code"], kind, row["name_id"], row["name_en"], tasks, "", "", row["class"], row["source"])


def _health_centres() -> Iterator[Office]:
    for row in _rows("puskesmas.csv"):
        code = "PKM-" + row["short_name"].upper().replace(" ", "-")
        name_en = f"{row['short_name']} Health Centre"
        yield Office(code, "puskesmas", row["name"], name_en, "", row["kecamatan"], row["address"], row["class"], row["source"])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
