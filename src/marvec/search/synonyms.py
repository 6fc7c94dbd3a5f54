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

from marvec.listings import goods
from marvec.search.words import telling, words

Phrase = tuple[str, ...]
WEAK = 0.5
"""Alternatives below this weight are neighbours: they match, but rank lower."""
CITY = frozenset({"layanan", "aduan", "info"})
"""Domains of the file that name services of the city, not goods."""
LONGEST = 4
GENERAL = frozenset(
    (word,)
    for word in """
    kue ikan nasi kopi es ayam baju kain sewa servis jasa paket alat bibit air minuman makanan roti mie mi sayur buah daging sop sup sambal
    tas obat tukang bumbu minyak keripik kerupuk telur beras kaus kaos celana sepatu cuci ganti kursus les tanaman mesin jus bubur
    """.split()  # noqa: SIM905  a list of words is easier to mend than a list of quotes
)
"""Words that name many things: with one of them, the next word says which."""
DESCRIBING = frozenset(
    """
    enak lezat murah termurah mahal segar baru bekas besar kecil sedang jumbo mini asli original premium spesial istimewa manis pedas gurih
    asin hangat panas dingin komplit lengkap rumahan homemade kampung cepat siap banyak sedikit bagus cantik lucu terbaik favorit halal
    hitam putih merah hijau biru kuning pink cheap fresh good best nice big small new sekali banget untuk buat yang ini itu
    """.split()  # noqa: SIM905
)
"""Words that say how a thing is, and not what."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Texts for `to_tsquery`: `strong` for what was meant, `broad` with the neighbours too, `noun` for the thing itself (with neighbours),
    `any` for whatever of it fits."""

    strong: str
    broad: str
    noun: str
    any: str

    @property
    def is_one(self) -> bool:
        """Whether nothing but the thing itself was asked for."""
        return self.noun == self.broad


@lru_cache(maxsize=2048)
def terms_of(text: str) -> Terms | None:
    """The query of a person's words: every group of words must be found, each in any of its forms. None when `text` has no word."""
    groups = list(_groups(telling(text)))
    if not groups:
        return None
    strong, broad = ([_any_of(group, alternatives, least) for group, alternatives in groups] for least in (WEAK, 0.0))
    noun = nouns_in([group for group, _ in groups])
    return Terms(" & ".join(strong), " & ".join(broad), " & ".join(broad[at] for at in noun), " | ".join(strong))


def nouns_in(groups: list[Phrase]) -> list[int]:
    """Which of a sentence's groups of words name the thing itself: the first that goods are known by, and after a general word ("kue",
    "ikan") also the next that says which. Words that only praise or describe are never demanded, unless there is nothing else."""
    telling_ones = [at for at, group in enumerate(groups) if group[0] not in DESCRIBING and not group[0].isdigit()] or [0]
    known = [at for at in telling_ones if groups[at] in _known_phrases() or groups[at][0] in _known_words()]
    first = (known or telling_ones)[0]
    which = first + 1
    return [first, which] if groups[first] in GENERAL and which in telling_ones else [first]


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
    of_goods = [row for row in _rows() if row["domain"] not in CITY]
    for row in of_goods:
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
def _known_phrases() -> frozenset[Phrase]:
    return frozenset(tuple(words(row[name])) for row in _rows() if row["domain"] not in CITY for name in ("canonical", "term"))


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    """The first words of the city's goods."""
    return frozenset(words(good.name)[0] for good in goods.all_goods())


@lru_cache(maxsize=1)
def _city_phrases() -> frozenset[Phrase]:
    return frozenset(tuple(words(row[name])) for row in _rows() if row["domain"] in CITY for name in ("canonical", "term"))
