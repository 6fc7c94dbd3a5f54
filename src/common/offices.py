"""The city's offices and the outside bodies (`X-`) that it forwards to: codes and names, from the city's own list (`data/offices.csv`)."""

import csv
from functools import lru_cache
from pathlib import Path

from common.i18n import language


def name_of(code: str) -> str:
    """The office's name in the language spoken now; the code itself when no office has it."""
    names = _names().get(code)
    return code if names is None else names[language() == "en"]


def all_offices() -> dict[str, str]:
    """Code -> name in the language spoken now, in the order of the list."""
    return {code: name_of(code) for code in _names()}


def city_offices() -> dict[str, str]:
    """Those with officers of the city's own: roles are given for these."""
    return {code: name for code, name in all_offices().items() if not code.startswith("X-")}


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, str]]:
    with (Path(__file__).parent / "data" / "offices.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name_id"], row["name_en"]) for row in csv.DictReader(file)}
