"""How many, and what for: numbers in words ("selusin", "dua puluh"), units people say, and the occasions they buy for."""

import re
from functools import lru_cache
from typing import NamedTuple

from marvec.listings import goods
from marvec.search.words import FILLERS

DIGITS = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ALIASES = {
    "kilo": "kg", "kilogram": "kg", "bj": "biji", "bh": "buah", "bks": "bungkus", "bgks": "bungkus", "pack": "bungkus", "box": "kotak",
    "boxes": "kotak", "dos": "kotak", "portions": "porsi", "portion": "porsi", "prs": "porsi", "pieces": "biji", "piece": "biji",
    "pcs": "biji", "people": "orang", "persons": "orang", "org": "orang", "tamu": "orang", "liters": "liter", "litre": "liter",
}  # fmt: skip
"""What people write -> the unit as goods here are sold by."""
DOZENS = {"lusin": 12, "dozen": 12, "kodi": 20}
HALF = {"setengah": 0.5, "separuh": 0.5, "½": 0.5, "1/2": 0.5, "seperempat": 0.25, "¼": 0.25, "1/4": 0.25}
OCCASIONS = (
    "arisan", "ulang tahun", "ultah", "birthday", "pengantin", "pernikahan", "nikahan", "perkawinan", "wedding", "lamaran", "mappacci",
    "buka puasa", "bukber", "buka bersama", "sahur", "iftar", "lebaran", "hari raya", "idul fitri", "idul adha", "natal", "maulid",
    "aqiqah",    "akikah", "syukuran", "hajatan", "selamatan", "tahlilan", "takziah", "sunatan", "khitanan", "wisuda", "reuni", "rapat",
    "meeting",    "seminar", "kantor", "sekolah", "pengajian", "pesta", "party", "hadiah", "kado", "oleh oleh", "hantaran", "seserahan",
    "jualan",    "sarapan", "makan siang", "makan malam", "lunch", "dinner", "breakfast", "keluarga", "anak anak", "acara", "piknik",
)  # fmt: skip
BEFORE_OCCASION = r"(?:untuk|utk|buat|acara|dalam rangka|for(?: an?| my| the)?)"
AROUND_OCCASION = r"(?:acara |pesta |hari |kegiatan |perayaan )?"


class Count(NamedTuple):
    """`amount` of a `unit` as the text has it (12 of a dozen are 12), cut from `start` to `end`."""

    amount: float
    unit: str
    start: int
    end: int

    @property
    def whole(self) -> int:
        """Pieces; of part of a unit one piece, whose unit says which part."""
        return int(self.amount) if self.amount == int(self.amount) else 1

    @property
    def named(self) -> str:
        return self.unit if self.amount == int(self.amount) else f"{self.amount:g} {self.unit}".replace(".", ",")


def occasion_in(text: str) -> re.Match[str] | None:
    """`untuk arisan`, `buat acara ulang tahun anak`: the words before say that it is no part of the thing's name ("kue ulang tahun")."""
    return re.search(_occasions(), text)


def count_in(text: str) -> Count | None:
    """The first number of pieces in `text` (lower case): `20 porsi`, `selusin`, `setengah kilo`, and `5 songkok` at a beginning."""
    if match := re.search(_with_unit(), text):
        amount = _number(match["count"] or "se") * DOZENS.get(match["unit"], 1)
        unit = "biji" if match["unit"] in DOZENS else ALIASES.get(match["unit"], match["unit"])
        return Count(amount, unit, match.start(), match.end())
    if match := re.search(_bare(), text):
        return Count(_number(match["count"]), "", match.start("count"), match.end("count"))
    return None


def usual_price(text: str) -> int | None:
    """Rupiah for one: the lowest usual price of goods whose name begins as `text` does; None for what the city's list does not know."""
    first = text.split(maxsplit=1)[0] if text else ""
    return min((good.price for good in goods.all_goods() if good.name.lower().split()[0] == first), default=None)


def _number(text: str) -> float:
    if text == "se":
        return 1
    if text in HALF:
        return HALF[text]
    return float(_words()[text]) if text in _words() else float(text.replace(",", "."))


@lru_cache(maxsize=1)
def _words() -> dict[str, int]:
    """Every number from one to a hundred in words, and the first English ones."""
    tens = {10: "sepuluh", 11: "sebelas"} | {10 + n: f"{DIGITS[n - 1]} belas" for n in range(2, 10)}
    tens |= {10 * n: f"{DIGITS[n - 1]} puluh" for n in range(2, 10)}
    tens |= {10 * n + k: f"{DIGITS[n - 1]} puluh {DIGITS[k - 1]}" for n in range(2, 10) for k in range(1, 10)}
    named = {text: number for number, text in [*enumerate(DIGITS, 1), *tens.items()]}
    return named | {text: number for number, text in enumerate(ENGLISH, 1)} | {"seratus": 100, "a": 1}


@lru_cache(maxsize=1)
def units() -> str:
    """An alternation of the units that people here sell by and of other names for them, the longest first."""
    sold = {re.split(r"[ (/]", unit)[0] for unit in goods.units()}
    known = {unit for unit in sold | set(ALIASES) | set(DOZENS) | {"porsi", "dus", "liter", "pasang", "lembar"} if unit.isalpha()}
    return "|".join(sorted(known, key=lambda unit: (-len(unit), unit)))


@lru_cache(maxsize=1)
def _with_unit() -> str:
    words = "|".join(sorted((re.escape(word) for word in [*_words(), *HALF]), key=len, reverse=True))
    number = rf"(?:(?<![\w.,])(?P<count>[1-9]\d{{0,4}}(?:[.,][1-9])?|{words})\s*|\bse)"
    return rf"{number}(?P<unit>{units()})\b"


@lru_cache(maxsize=1)
def _bare() -> str:
    """A number before a word, at the beginning or after a filler: `5 songkok`, `mau beli dua sarung`; not `iphone 12 pro`."""
    words = "|".join(sorted((word for word in _words() if word != "a"), key=len, reverse=True))
    begun = "|".join(sorted(FILLERS | {"butuh", "perlu", "order", "buy", "need", "want"}, key=len, reverse=True))
    return rf"(?:^|,|\b(?:{begun})\s)\s*(?P<count>[1-9]\d{{0,2}}|{words})\s+(?!(?:in|g|gr|gram|ml|cm|mm|{units()})\b)(?=[a-z]{{3,}})"


@lru_cache(maxsize=1)
def _occasions() -> str:
    named = "|".join(sorted(OCCASIONS, key=len, reverse=True))
    return rf"\b{BEFORE_OCCASION}\s+{AROUND_OCCASION}(?P<occasion>{named})(?:\s+(?:anak|anakku|anakta|saya|kami|kantor|keluarga|nanti))?\b"
