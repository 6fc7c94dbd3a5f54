"""One name for each thing, whatever it was called: for standing queries, which are compared by terms and not by text.

A *term* is a canonical phrase of the synonyms ("pisang ijo") or a plain word. What is wanted is cut into as few terms as possible;
what is held carries every word and every canonical name in it, so that whoever wants fewer or other words finds it.
"""

from functools import lru_cache

from marvec.search.synonyms import CITY, LONGEST, WEAK, Phrase, _rows
from marvec.search.words import telling, words


def terms_wanted(text: str) -> list[str]:
    """The terms that goods must hold to answer `text`, sorted. Bare numbers say nothing; an ambiguous phrase stays as typed."""
    found = [word for word in telling(text) if not word.isdigit()]
    terms: set[str] = set()
    start = 0
    while start < len(found):
        size = next((n for n in range(min(LONGEST, len(found) - start), 0, -1) if tuple(found[start : start + n]) in _names()), 1)
        phrase = tuple(found[start : start + size])
        names = _names().get(phrase, frozenset())
        terms |= names if len(names) == 1 else set(phrase)
        start += size
    return sorted(terms)


def terms_held(text: str) -> list[str]:
    """Every word of `text` and every canonical name of a phrase in it, sorted."""
    found = words(text)
    held = set(found)
    for start in range(len(found)):
        for size in range(1, LONGEST + 1):
            held |= _names().get(tuple(found[start : start + size]), frozenset())
    return sorted(held)


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
