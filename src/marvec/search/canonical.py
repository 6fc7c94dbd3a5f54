"""One name for each thing, whatever it was called: for standing queries, which are compared by terms and not by text.

A *term* is a canonical phrase of the synonyms ("pisang ijo") or a plain word. What is wanted is cut into as few terms as possible;
what is held carries every word and every canonical name in it, so that whoever wants fewer or other words finds it.
"""

from functools import lru_cache
from typing import NamedTuple

from marvec.search.synonyms import CITY, LONGEST, WEAK, Phrase, _rows, nouns_in
from marvec.search.words import telling, words


class Wanted(NamedTuple):
    """The terms of a wish, sorted: `must` for the thing itself, `better` for the words whose absence only makes a worse fit."""

    must: list[str]
    better: list[str]


def split_wanted(text: str) -> Wanted:
    """`songkolo hitam pedas` must be songkolo, and is better black and hot."""
    groups = _cut([word for word in telling(text) if not word.isdigit()])
    nouns = set(nouns_in(groups)) if groups else set()
    must = {term for at in nouns for term in _terms(groups[at])}
    better = {term for at, group in enumerate(groups) if at not in nouns for term in _terms(group)}
    return Wanted(sorted(must), sorted(better - must))


def terms_wanted(text: str) -> list[str]:
    """The terms that goods must hold to answer `text`, sorted. Bare numbers say nothing; an ambiguous phrase stays as typed."""
    groups = _cut([word for word in telling(text) if not word.isdigit()])
    return sorted({term for group in groups for term in _terms(group)})


def terms_held(text: str) -> list[str]:
    """Every word of `text` and every canonical name of a phrase in it, sorted."""
    found = words(text)
    held = set(found)
    for start in range(len(found)):
        for size in range(1, LONGEST + 1):
            held |= _names().get(tuple(found[start : start + size]), frozenset())
    return sorted(held)


def _cut(found: list[str]) -> list[Phrase]:
    """The words as the longest phrases that have a name."""
    groups: list[Phrase] = []
    start = 0
    while start < len(found):
        size = next((n for n in range(min(LONGEST, len(found) - start), 0, -1) if tuple(found[start : start + n]) in _names()), 1)
        groups.append(tuple(found[start : start + size]))
        start += size
    return groups


def _terms(group: Phrase) -> set[str]:
    names = _names().get(group, frozenset())
    return set(names) if len(names) == 1 else set(group)


@lru_cache(maxsize=1)
def _names() -> dict[Phrase, frozenset[str]]:
    """Phrase -> the canonical names that it may stand for; a canonical phrase stands for itself."""
    named: dict[Phrase, set[str]] = {}
    for row in _rows():
        if row["domain"] in CITY or row["direction"] == "expand_weak" or float(row["weight"]) < WEAK:
            continue
        canonical = tuple(words(row["canonical"]))
        named.setdefault(canonical, set()).add(" ".join(canonical))
        named.setdefault(tuple(words(row["term"])), set()).add(" ".join(canonical))
    return {phrase: frozenset(names) for phrase, names in named.items()}
