"""Names of the city's offices by code (`data/offices.csv`): for documents and pages that must say more than DISDUKCAPIL."""

import csv
from functools import lru_cache
from pathlib import Path

from common.i18n import locale


def name_of(code: str) -> str:
    """The office's name in the language spoken now; the code itself when no office has it."""
    names = _names().get(code)
    return code if names is None else names[locale() == "en"]


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, str]]:
    with (Path(__file__).parent / "data" / "offices.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name_id"], row["name_en"]) for row in csv.DictReader(file)}
