"""The city's offices and the outside bodies (`X-`) that it forwards to: codes and names, from the city's own list."""

import csv
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def all_offices() -> dict[str, str]:
    """Code -> Indonesian name, in the order of the list."""
    with (Path(__file__).parent / "data" / "offices.csv").open(encoding="utf-8") as file:
        return {row["code"]: row["name_id"] for row in csv.DictReader(file)}


def city_offices() -> dict[str, str]:
    """Those with officers of the city's own: roles are given for these."""
    return {code: name for code, name in all_offices().items() if not code.startswith("X-")}
