"""Understanding a sentence: "20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp 400.000".

Each reader below takes out of the text what it understands; what is left over is what the thing is called.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from common import clock, money
from marvec.listings import goods
from marvec.search import places
from marvec.search.schemas import LONGEST_TEXT, SearchQuery, Sort, Understood
from marvec.search.words import FILLERS

AMOUNT = r"(?P<rp>rp\.?\s*)?(?P<number>\d{1,3}(?:[.,]\d{3})+|\d{1,10})(?:[.,](?P<half>\d))?\s*(?P<times>ribu|rb|k|juta|jt)?\b(?!\s*%)"
MOST = "paling (?:banyak|mahal|tinggi)|maksimal|maksimum|maks|max|tidak lebih dari|kurang dari|di ?bawah|anggaran|budget|under|up to"
LEAST = "paling (?:sedikit|murah|rendah)|minimal|minimum|min|lebih dari|di ?atas|mulai(?: dari)?|at least|over"
AT_MOST, AT_LEAST = (rf"\b(?:{words})\b[.:]?\s*{AMOUNT}" for words in (MOST, LEAST))
TIMES = {"ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000}
LEAST_BARE_AMOUNT = 500  # "paling banyak 20" counts pieces, not rupiah
CHEAP = r"\b(?:yang )?(?:paling murah|termurah|cheapest)\b"
NEAR = r"\b(?:yang )?(?:paling dekat|terdekat|nearest)\b"
DELIVER = r"\b(?:di)?(?:antar|antarkan|kirim|kirimkan|bawa|deliver(?:ed)?)\s+(?:ke|di|to)\b"
WITHIN = r"\b(?:di|dari|sekitar|dekat|daerah|wilayah|around|in)\b"
RANK = r"(?:\s+(?P<rank>kelurahan|kel|kecamatan|kec)\b\.?)?"
NAME = r"\s+(?P<name>[a-z]+(?:[ ][a-z]+){0,3})"
WEEKDAYS = {"senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "sabtu": 5, "ahad": 6}
DAYS = {"hari ini": 0, "today": 0, "besok": 1, "tomorrow": 1, "lusa": 2, "minggu depan": 7, "next week": 7}


@dataclass
class _Reading:
    """The text that is left, and what was understood so far."""

    left: str
    found: dict[str, object] = field(default_factory=dict)
    query: dict[str, object] = field(default_factory=dict)

    def take(self, pattern: str) -> re.Match[str] | None:
        """The first match of `pattern`, cut out of the text."""
        match = re.search(pattern, self.left)
        if match:
            self.cut(match.start(), match.end())
        return match

    def cut(self, start: int, end: int) -> None:
        self.left = f"{self.left[:start]} , {self.left[end:]}"


def parse(text: str) -> Understood:
    """What `text` (any text, cut at 200 characters) asks for. What it does not understand stays in `query.text`."""
    reading = _Reading(_tidy(text[:LONGEST_TEXT]))
    for read in (_prices, _sorts, _quantity, _day, _delivery, _place):
        read(reading)
    _share_of_budget(reading)
    return Understood(query=SearchQuery(text=_rest(reading.left), **reading.query), **reading.found)


def _tidy(text: str) -> str:
    plain = re.sub(r"['’‘`ʼ\u0300-\u036f]", "", unicodedata.normalize("NFKD", text).lower())
    return re.sub(r"[\s\-]+", " ", plain)


def _prices(reading: _Reading) -> None:
    for name, pattern in (("max_price", AT_MOST), ("min_price", AT_LEAST)):
        match = re.search(pattern, reading.left)
        if match and (amount := _amount(match)) is not None:
            reading.query[name] = amount
            reading.cut(match.start(), match.end())


def _amount(match: re.Match[str]) -> int | None:
    """Whole rupiah, None when the number is no price."""
    number, times, half = re.sub(r"[.,]", "", match["number"]), TIMES.get(match["times"] or "", 1), match["half"]
    amount = int(number) * times + (int(half) * times // 10 if half and times > 1 else 0)
    is_price = bool(match["rp"] or match["times"] or amount >= LEAST_BARE_AMOUNT)
    return amount if is_price and amount <= money.LARGEST else None


def _sorts(reading: _Reading) -> None:
    for pattern, sort in ((CHEAP, Sort.CHEAPEST), (NEAR, Sort.NEAREST)):
        if reading.take(pattern):
            reading.query["sort"] = sort


def _quantity(reading: _Reading) -> None:
    match = reading.take(_pieces())
    if match:
        reading.take(r"\bpaling (?:banyak|sedikit)\s*(?=,)")  # "paling banyak 20 biji" speaks of pieces
        reading.found |= {"quantity": int(match["count"]), "unit": match["unit"]}


@lru_cache(maxsize=1)
def _pieces() -> str:
    """`20 porsi`: a number and a unit that people here sell by."""
    bare = {re.split(r"[ (/]", unit)[0] for unit in goods.units()}
    units = sorted((unit for unit in bare | {"porsi", "pcs", "dus", "lusin", "liter"} if unit.isalpha()), key=len, reverse=True)
    return rf"\b(?P<count>[1-9]\d{{0,4}})\s*(?P<unit>{'|'.join(units)})\b"


def _day(reading: _Reading) -> None:
    named = "|".join([*DAYS, *WEEKDAYS])
    if match := reading.take(rf"\b(?:untuk |utk |buat |pada )?(?:hari )?(?P<day>{named})\b"):
        reading.found["needed_on"] = _date(match["day"])


def _date(name: str) -> date:
    today = clock.today()
    if name in DAYS:
        return today + timedelta(days=DAYS[name])
    return today + timedelta(days=(WEEKDAYS[name] - today.weekday() - 1) % 7 + 1)


def _delivery(reading: _Reading) -> None:
    if area := _area(reading, DELIVER):
        reading.found |= {"deliver_to": area.name, "deliver_kelurahan": list(area.codes)}
        reading.query["near"] = (area.lat, area.lon)


def _place(reading: _Reading) -> None:
    area = _area(reading, WITHIN)
    if area is not None and len(area.codes) == 1:
        reading.query["kelurahan"] = area.codes[0]
    elif area is not None and area.codes:
        reading.query["kecamatan"] = area.name


def _area(reading: _Reading, before: str) -> places.Area | None:
    """The area named after one of the words `before`; the whole city is understood, and says nothing."""
    for match in re.finditer(before + RANK + NAME, reading.left):
        rank = {"kel": "kelurahan", "kec": "kecamatan"}.get(match["rank"] or "", match["rank"] or "")
        if found := places.find(match["name"], rank=rank):
            area, size = found
            named = " ".join(match["name"].split()[:size])
            reading.cut(match.start(), match.start("name") + len(named))
            return area
    return None


def _share_of_budget(reading: _Reading) -> None:
    """With a quantity, the most that may be paid is for all of it."""
    budget, quantity = reading.query.get("max_price"), reading.found.get("quantity")
    if isinstance(budget, int) and isinstance(quantity, int):
        reading.found["budget"] = budget
        reading.query["max_price"] = budget // quantity


def _rest(left: str) -> str:
    """What is left, without the ends that only joined its parts."""
    kept = re.findall(r"[a-z0-9]+", left)
    while kept and kept[-1] in FILLERS:
        kept.pop()
    while kept and kept[0] in FILLERS:
        kept.pop(0)
    return " ".join(kept)
