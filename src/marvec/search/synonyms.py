"""Other words for the same thing (`data/synonyms.csv`), and a query made of them.

Directions in the file: `both` (either word finds the other), `to_canonical` (a misspelling or a foreign word finds the canonical one, not
the reverse), `expand_weak` (the canonical word also finds a neighbour, ranked lower). "bolu" finds milkfish *and* sponge cake: a typed word
always stays in the query beside what it may stand for.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from marvec.search.words import telling, words

Phrase = tuple[str, ...]
WEAK = 0.5
"""Alternatives below this weight are neighbours: they match, but rank lower."""
CITY = frozenset({"layanan", "aduan", "info"})
"""Domains of the file that name services of the city, not goods."""
LONGEST = 4


@dataclass(frozen=True, slots=True)
class Terms:
    """Two texts for `to_tsquery`: `strong` for what was meant, `broad` with the neighbours too."""

    strong: str
    broad: str


@lru_cache(maxsize=2048)
def terms_of(text: str) -> Terms | None:
    """The query of a person's words: every group of words must be found, each in any of its forms. None when `text` has no word."""
    groups = list(_groups(telling(text)))
    if not groups:
        return None
    return Terms(*(" & ".join(_any_of(group, alternatives, least) for group, alternatives in groups) for least in (WEAK, 0.0)))


def is_known(word: str) -> bool:
    """Whether the word stands in the file, so that it needs no "did you mean"."""
    return word in _single_words()


def names_city_service(text: str) -> bool:
    """Whether somebody who types this is looking for a service of the city (KTP, BPJS, lampu jalan)."""
    return tuple(words(text)) in _city_phrases()


def _groups(found: list[str]) -> Iterator[tuple[Phrase, dict[Phrase, float]]]:
    """Cut the words into the longest phrases that the file knows, and single words."""
    start = 0
    known = _expansions()
    while start < len(found):
        sizes = range(min(LONGEST, len(found) - start), 0, -1)
        size = next((size for size in sizes if tuple(found[start : start + size]) in known), 1)
        phrase = tuple(found[start : start + size])
        yield phrase, known.get(phrase, {})
        start += size


def _any_of(typed: Phrase, alternatives: dict[Phrase, float], least: float) -> str:
    """Words here are [a-z0-9]+, so nothing in the text can be an operator."""
    wanted = [phrase for phrase, weight in alternatives.items() if weight >= least and phrase != typed]
    single = {phrase[0] for phrase in [typed, *wanted] if len(phrase) == 1}
    wanted = [phrase for phrase in wanted if len(phrase) == 1 or not single & set(phrase)]
    return "(" + " | ".join([" & ".join(typed), *(" <-> ".join(phrase) for phrase in wanted)]) + ")"


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    with (Path(__file__).parent / "data" / "synonyms.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@lru_cache(maxsize=1)
def _expansions() -> dict[Phrase, dict[Phrase, float]]:
    """Typed phrase -> what it also finds, with a weight of at most 1."""
    found: dict[Phrase, dict[Phrase, float]] = {}
    equals: dict[Phrase, list[tuple[Phrase, float]]] = {}
    goods = [row for row in _rows() if row["domain"] not in CITY]
    for row in goods:
        canonical, term, weight = tuple(words(row["canonical"])), tuple(words(row["term"])), float(row["weight"])
        if row["direction"] == "both":
            equals.setdefault(canonical, []).append((term, weight))
        if row["direction"] in ("both", "to_canonical"):
            _add(found, term, canonical, weight)
        if row["direction"] in ("both", "expand_weak"):
            _add(found, canonical, term, weight)
    for others in list(found.values()):
        for canonical, weight in list(others.items()):
            for term, share in equals.get(canonical, ()) if weight >= WEAK else ():
                others[term] = max(others.get(term, 0.0), weight * share)
    return found


def _add(found: dict[Phrase, dict[Phrase, float]], typed: Phrase, other: Phrase, weight: float) -> None:
    others = found.setdefault(typed, {})
    others[other] = max(others.get(other, 0.0), weight)


@lru_cache(maxsize=1)
def _single_words() -> frozenset[str]:
    return frozenset(word for row in _rows() if row["type"] != "misspelling" for name in ("canonical", "term") for word in words(row[name]))


@lru_cache(maxsize=1)
def _city_phrases() -> frozenset[Phrase]:
    return frozenset(tuple(words(row[name])) for row in _rows() if row["domain"] in CITY for name in ("canonical", "term"))
