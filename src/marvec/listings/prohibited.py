"""What nobody may sell here (`data/prohibited.csv`, with the law that says so), and texts that offer it in whatever spelling.

A text is read as it would be by somebody who wants to find the thing: digits for letters (`s4bu`), letters apart (`s a b u`, `s.a.b.u`),
doubled letters, stars. That is *certain*. One slip in a longer word (`pistoll`, `heroim`) is *likely*: refused, too, and worded as a guess.
Whole words only: `sabun`, `sabuk` and `sambu` are innocent, and so are the phrases listed as exceptions (`pistol air`).
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from common.i18n import N_
from marvec.listings.naming import LEAST_FOR_SLIPS, one_slip, single

LAWS = {
    "narkotika": N_("UU 35/2009 tentang Narkotika"),
    "obat keras": N_("UU 17/2023 tentang Kesehatan"),
    "senjata": N_("UU Darurat 12/1951 tentang senjata dan bahan peledak"),
    "dokumen palsu": N_("UU 1/2023 (KUHP) tentang pemalsuan surat"),
    "uang palsu": N_("UU 7/2011 tentang Mata Uang"),
    "satwa dilindungi": N_("UU 32/2024 tentang konservasi hayati"),
    "organ tubuh": N_("UU 17/2023 tentang Kesehatan"),
    "judi": N_("UU 1/2024 tentang Informasi dan Transaksi Elektronik"),
}
PAPERS = (
    "ktp", "e ktp", "sim", "ijazah", "ijasah", "paspor", "stnk", "bpkb", "sertifikat", "akta", "akte", "kartu keluarga", "npwp", "skck",
    "buku nikah", "surat dokter", "surat keterangan", "surat sehat", "surat sakit", "surat tanah", "kartu vaksin", "transkrip", "toefl",
)  # fmt: skip
FALSE = ("palsu", "bodong", "aspal", "tembak", "abal abal", "tanpa kuliah")
PAPERS_ONLY = ("joki ijazah", "jual ijazah", "beli ijazah", "jual ktp", "ktp tembak", "sim tembak", "jual data ktp")
BETWEEN = 2
"""Words that may stand between a paper and the word that calls it false."""
LEET = str.maketrans({"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s", "€": "e"})
LOOKALIKES = str.maketrans("асеорхукіѕт", "aceopxykist")
"""Cyrillic letters that look like ours."""
INNOCENT = frozenset(
    """
    heroik heroine herbin granit granita gramat pistil piston pistols revolusi ekstrasi detonasi kokoan kokian morfina
    dinamik dinamis dinamika opname oplum narkose
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text offers: the forbidden name, the group it belongs to, and whether the spelling leaves no doubt."""

    name: str
    group: str
    certain: bool

    @property
    def law(self) -> str:
        return LAWS[self.group]


@dataclass(frozen=True, slots=True)
class _Rule:
    words: tuple[str, ...]
    group: str
    excepted: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=4096)
def found_in(title: str, description: str = "") -> Finding | None:
    """The first forbidden thing that the texts offer; a description is held to certain spellings only: it says much beside."""
    sure = _certain(title) or _certain(description)
    return sure or _likely(title)


def _certain(text: str) -> Finding | None:
    for words in _readings(text):
        for rule in _rules():
            if any(not _excepted(words, at, rule) for at in _places(words, rule.words)):
                return Finding(" ".join(rule.words), rule.group, certain=True)
        if paper := _false_paper(words):
            return Finding(paper, "dokumen palsu", certain=True)
    return None


def _likely(text: str) -> Finding | None:
    for words in _readings(text):
        for at, word in enumerate(words):
            for rule in _rules():
                if len(rule.words) == 1 and _slipped(word, rule.words[0]) and not _excepted(words, at, rule):
                    return Finding(rule.words[0], rule.group, certain=False)
    return None


def _slipped(word: str, forbidden: str) -> bool:
    close = len(forbidden) >= LEAST_FOR_SLIPS and word[:1] == forbidden[:1] and one_slip(word, forbidden)
    return close and word not in INNOCENT


def _readings(text: str) -> Iterator[tuple[str, ...]]:
    """The text as words, once for each letter that a `1` may stand for; and again with split words joined."""
    plain = unicodedata.normalize("NFKD", text).lower().translate(LOOKALIKES)
    plain = re.sub("[\u0300-\u036f'’`]", "", plain)
    apart = re.findall(r"[a-z0-9@$€!*|]+", plain)
    for tokens in (apart, _joined(apart), re.findall(r"[a-z0-9@$€!*|._\-]+", plain)):
        for one in "il":
            yield tuple(word for token in tokens if (word := _spelt(token, one)))


def _spelt(token: str, one: str) -> str:
    """`s4bu` -> `sabu`; a number stays one."""
    if token.isdigit():
        return token
    return re.sub(r"[^a-z*]", "", token.translate(LEET).replace("1", one).replace("!", "i").replace("|", one))


def _joined(words: list[str]) -> list[str]:
    """`s a b u murah` -> `sabu murah`: single letters in a row are one word."""
    joined: list[str] = []
    apart = False
    for word in words:
        if len(word) == 1 and apart:
            joined[-1] += word
        else:
            joined.append(word)
        apart = len(word) == 1
    return joined


def _places(words: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    last = len(words) - len(wanted)
    return [at for at in range(last + 1) if all(_same(words[at + step], word) for step, word in enumerate(wanted))]


def _same(said: str, word: str) -> bool:
    if "*" in said:
        hidden = said.count("*")
        return hidden <= len(word) // 2 and said[0] == word[0] and re.fullmatch(said.replace("*", "."), word) is not None
    return single(said) == single(word)


def _excepted(words: tuple[str, ...], at: int, rule: _Rule) -> bool:
    """Whether the words around this place are one of the rule's innocent phrases."""
    return any(place <= at < place + len(phrase) for phrase in rule.excepted for place in _places(words, phrase))


def _false_paper(words: tuple[str, ...]) -> str | None:
    for phrase in PAPERS_ONLY:
        if _places(words, tuple(phrase.split())):
            return phrase
    for paper in PAPERS:
        size = len(paper.split())
        for at in _places(words, tuple(paper.split())):
            near = words[max(0, at - BETWEEN) : at + size + BETWEEN + 1]
            if said := next((false for false in FALSE if _places(near, tuple(false.split()))), None):
                return f"{paper} {said}"
    return None


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    with (Path(__file__).parent / "data" / "prohibited.csv").open(encoding="utf-8") as file:
        return tuple(
            _Rule(tuple(name.split()), row["group"], tuple(tuple(phrase.split()) for phrase in row["except"].split("|") if phrase))
            for row in csv.DictReader(file)
            for name in row["names"].split("|")
        )
