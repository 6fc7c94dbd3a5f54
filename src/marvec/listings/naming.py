"""What a title names, however it is spelt: words compared without doubled letters and small slips, and the goods found by them."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from marvec.listings import goods

SALES_TALK = frozenset(
    """
    jual dijual menjual ready stok stock aneka macam macam2 paket promo diskon murah termurah enak lezat gurih renyah asli original
    ori oleh khas makassar bugis palopo toraja rumahan homemade home made buatan sendiri fresh baru segar pre order po open jastip grosir
    eceran terlaris best seller spesial super premium toples bungkus kemasan
    """.split()  # noqa: SIM905  a list of words is easier to mend than a list of quotes
)
"""What may stand before the thing itself."""
TOOLS = frozenset(
    """
    mesin alat cetakan kotak stiker label gelas cangkir plastik standing pouch buku resep kursus pelatihan kelas bibit benih pohon kaus kaos
    gantungan boneka miniatur bantal poster lukisan rak tas dompet sarung casing tempat wadah mainan sewa
    """.split()  # noqa: SIM905
)
"""A thing *for* or *of* something else: a coffee machine is no coffee."""
JOINS = re.compile(r"\s(?:dengan|dgn|plus|pakai|pake|tanpa|isi|topping|tabur|rasa|dan|untuk|buat|bonus|gratis|free|with|and)\s|[+&(,/]")
LEAST_FOR_SLIPS = 6
"""Letters of a word from which on one slip is forgiven: shorter words have too many neighbours."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a title names: the good of the city's list where it is one, the credential that selling it needs, and the word that says so."""

    word: str
    credential: str | None
    good: goods.Good | None = None


@lru_cache(maxsize=4096)
def named_in(title: str) -> Named | None:
    """The thing that `title` names: the longest good of the list, else a kind that needs a credential whatever its recipe is."""
    head, whole = _head(title), _told(plain(title).split())
    found = [good for good, words in _names() if words == tuple(whole[: len(words)])]
    if not found and (not head or head[0] in TOOLS):
        return None
    found = found or [good for good, words in _names() if all(any(same_word(said, word) for said in head) for word in words)]
    if found:
        good = max(found, key=lambda one: len(one.name))
        return Named(good.name, goods.credential_of(good), good)
    return next((Named(text, credential) for text, credential, anywhere in _heads() if _says(head, text, anywhere)), None)


def suggested(title: str) -> goods.Good | None:
    """The good to propose for a title. One that needs nothing is proposed by its first word alone, if no other good begins so."""
    named = named_in(title)
    if named is not None:
        return named.good
    head = _head(title)
    return next((good for good in _by_first_word(head[0]) if goods.credential_of(good) is None), None) if head else None


def same_word(said: str, word: str) -> bool:
    """Equal but for doubled letters (`bageaa`) and, in longer words, one slip: a letter too many, too few, another, or two swapped."""
    if said == word or single(said) == single(word):
        return True
    return len(word) >= LEAST_FOR_SLIPS and said[:1] == word[:1] and one_slip(said, word)


def single(word: str) -> str:
    """`bageaa` -> `bagea`: no letter twice in a row."""
    return re.sub(r"(.)\1+", r"\1", word)


def one_slip(left: str, right: str) -> bool:
    """Whether one edit (Damerau: insert, delete, replace, swap neighbours) makes `left` into `right`."""
    short, long = sorted((left, right), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    if len(long) > len(short):
        return short[start:] == long[start + 1 :]
    swapped = long[:start] + long[start + 1 : start + 2] + long[start : start + 1] + long[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or short == swapped


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower().replace("'", "").replace("’", "")).strip()


def _head(title: str) -> list[str]:
    """The words of the thing itself, without what it comes with and without the sales talk before it."""
    return _told(plain(JOINS.split(f" {title} ".lower())[0]).split() or plain(title).split())


def _told(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in SALES_TALK:
        words.pop(0)
    return words


def _says(head: list[str], text: str, anywhere: bool) -> bool:
    words = text.split()
    starts = range(len(head) - len(words) + 1) if anywhere else range(min(1, len(head) - len(words) + 1))
    return any(all(same_word(head[start + at], word) for at, word in enumerate(words)) for start in starts)


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[goods.Good, tuple[str, ...]], ...]:
    """Each good with the words that name it; what stands in brackets explains and need not be said."""
    named = [(good, text) for good in goods.all_goods() for text in dict.fromkeys((good.name, re.sub(r"\(.*?\)", " ", good.name)))]
    return tuple((good, tuple(_told(plain(text).split()))) for good, text in named)


@lru_cache(maxsize=512)
def _by_first_word(word: str) -> tuple[goods.Good, ...]:
    """The good that alone begins with this word; none when several do."""
    begun = [good for good, words in _names() if same_word(word, words[0])]
    return tuple(begun) if len(begun) == 1 and len(word) > 3 else ()


@lru_cache(maxsize=1)
def _heads() -> tuple[tuple[str, str, bool], ...]:
    """(words, credential, whether they tell it anywhere in the title and not only at its beginning), the longest words first."""
    with (Path(__file__).parent / "data" / "categories.csv").open(encoding="utf-8") as file:
        rows = [(text, row["credential"]) for row in csv.DictReader(file) for text in row["heads"].split("|") if text]
    return tuple(sorted(((text.rstrip("*"), needed, text.endswith("*")) for text, needed in rows), key=lambda row: -len(row[0])))
