"""An address's parameters to a query, for the API and the page alike."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from common.errors import Invalid
from common.web.wording import in_words
from marvec.search.schemas import LONGEST_TEXT, SearchQuery
from marvec.search.service import understand

NAMES = {
    "q": "text", "category": "category", "min": "min_price", "max": "max_price", "kelurahan": "kelurahan", "kecamatan": "kecamatan",
    "near": "near", "radius_km": "radius_km", "sort": "sort",
}  # fmt: skip
"""Name in the address -> field of the query."""


def asked(params: Mapping[str, Any]) -> SearchQuery:
    """The query that `params` ask for, its words understood. Empty values count as not given. Raises Invalid by the address's names."""
    given: dict[str, Any] = {field: params[name] for name, field in NAMES.items() if params.get(name)}
    if "near" in given:
        given["near"] = tuple(given["near"].split(","))
    given["text"] = given.get("text", "").replace("\x00", " ")[:LONGEST_TEXT]  # PostgreSQL knows no NUL
    try:
        return understand(SearchQuery.model_validate(given))
    except ValidationError as error:
        named = {field: name for name, field in NAMES.items()}
        raise Invalid({named.get(field.split(".")[0], field): words for field, words in in_words(error).items()}) from error


def near_of(text: str) -> tuple[float, float] | None:
    """`lat,lon` in degrees; None for anything else."""
    try:
        lat, lon = (float(part) for part in text.split(","))
        return SearchQuery(near=(lat, lon)).near
    except ValueError:
        return None
