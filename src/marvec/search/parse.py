"""Understanding a sentence: "20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp 400.000".

Each reader below takes out of the text what it understands; what is left over is what the thing is called.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from common import clock, money
from marvec.search import counting, places
from marvec.search.schemas import LONGEST_TEXT, SearchQuery, Sort, Understood
from marvec.search.words import FILLERS

# The same for search and for requests, Indonesian and, as cheaply, English.
AMOUNT = (
    r"(?P<rp>rp\.?\s*)?(?P<number>\d{1,3}(?:[.,]\d{3})+|\d{1,10})(?:[.,](?P<half>\d))?\s*(?P<times>ribuan|ribu|rb|k|juta|jt)?\b(?!\s*%)"
)
MOST = (
    "paling (?:banyak|mahal|tinggi)|maksimal|maksimum|maksimal harga|maks|max|(?:tidak|nggak|ndak|tdk|jangan) (?:lebih|melebihi)(?: dari)?|"
    "kurang dari|di ?bawah|anggaran(?:nya| saya)?|budget(?:nya| saya| of)?|dana|sampai|hingga|under|below|up to|less than|no more than|"
    "cheaper than|at most"
)
LEAST = "paling (?:sedikit|murah|rendah)|minimal|minimum|min|lebih dari|di ?atas|mulai(?: dari)?|at least|over|above|more than"
EACH = r"(?P<each>\s*(?:/\s*\w+|per\s*\w+|se(?:porsi|biji|buah|bungkus|kilo|ekor)|satuan(?:nya)?|each))?"
"""After an amount: it is for one of them, not for all."""
AT_MOST, AT_LEAST = (rf"\b(?:{words})\b[.:]?\s*{AMOUNT}{EACH}" for words in (MOST, LEAST))
AFTER = r"(?:ke bawah|kebawah|maksimal|maks|max|saja|at most|or less)"
SUFFIXED = rf"\b{AMOUNT}\s*{AFTER}\b"
RANGED = rf"\b(?:antara |dari |from |between )?{AMOUNT.replace('<', '<low_')}\s*(?:sampai|hingga|s/d|sd|dan|to|and)\s*{AMOUNT}"
BARE = rf"(?P<at>@\s*)?(?:\b(?:harga|seharga|harganya|sekitar|kisaran|around|about|for)\s+)?\b{AMOUNT}"
TOO_LITTLE, ENOUGH = 0.25, 0.3
"""Shares of the usual price."""
TIMES = {"ribuan": 1_000, "ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": 1_000_000, "jt": 1_000_000}
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
    for_each: bool = False
    share: float = 1
    """Whether an amount is for one piece; and which part of the unit is wanted, for half a kilo costs half."""

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
    for read in (_prices, _sorts, _day, _delivery, _quantity, _occasion, _bare_price, _place):
        read(reading)
    _share_of_budget(reading)
    return Understood(query=SearchQuery(text=_rest(reading.left), **reading.query), **reading.found)


def _tidy(text: str) -> str:
    plain = re.sub(r"['’‘`ʼ\u0300-\u036f]", "", unicodedata.normalize("NFKD", text).lower())
    return re.sub(r"[\s\-]+", " ", plain)


def _prices(reading: _Reading) -> None:
    if (match := re.search(RANGED, reading.left)) and (low := _amount(match, "low_")) is not None and (high := _amount(match)) is not None:
        times = high // int(re.sub(r"\D", "", match["number"]) or 1)
        low = low * times if not match["low_times"] and low < LEAST_BARE_AMOUNT * 2 else low  # "20 sampai 30 ribu"
        reading.query |= {"min_price": low, "max_price": high}
        reading.cut(match.start(), match.end())
        return
    for name, pattern in (("max_price", AT_MOST), ("min_price", AT_LEAST), ("max_price", SUFFIXED)):
        match = re.search(pattern, reading.left)
        if match and (amount := _amount(match)) is not None:
            reading.query[name] = amount
            reading.for_each = reading.for_each or bool(match.groupdict().get("each"))
            reading.cut(match.start(), match.end())


def _bare_price(reading: _Reading) -> None:
    """`songkolo 50rb`: an amount that is surely money is the most one wants to pay."""
    if reading.query.get("max_price") is not None or reading.query.get("min_price") is not None:
        return
    for match in re.finditer(BARE + EACH, reading.left):
        amount = _amount(match)
        if amount is not None and (match["rp"] or match["times"]):
            reading.query["max_price"] = amount
            reading.for_each = bool(match["each"] or match["at"])
            reading.cut(match.start(), match.end())
            return


def _amount(match: re.Match[str], group: str = "") -> int | None:
    """Whole rupiah, None when the number is no price. `group`: before the names of its groups."""
    given, half = match[f"{group}times"], match[f"{group}half"]
    number, times = re.sub(r"[.,]", "", match[f"{group}number"]), TIMES.get(given or "", 1)
    amount = int(number) * times + (int(half) * times // 10 if half and times > 1 else 0)
    is_price = bool(match[f"{group}rp"] or given or amount >= LEAST_BARE_AMOUNT or group)
    return amount if is_price and amount <= money.LARGEST else None


def _sorts(reading: _Reading) -> None:
    for pattern, sort in ((CHEAP, Sort.CHEAPEST), (NEAR, Sort.NEAREST)):
        if reading.take(pattern):
            reading.query["sort"] = sort


def _quantity(reading: _Reading) -> None:
    count = counting.count_in(reading.left)
    if count is None or count.amount <= 0:
        return
    reading.cut(count.start, count.end)
    reading.take(r"\bpaling (?:banyak|sedikit)\s*(?=,)")  # "paling banyak 20 biji" speaks of pieces
    reading.found |= {"quantity": count.whole, "unit": count.named}
    reading.share = count.amount / count.whole


def _occasion(reading: _Reading) -> None:
    if match := counting.occasion_in(reading.left):
        reading.found["occasion"] = match["occasion"]
        reading.cut(match.start(), match.end())


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
    """The most that may be paid is for all of it, unless it was said for each; without a quantity it is for one."""
    said, quantity = reading.query.get("max_price"), reading.found.get("quantity")
    if not isinstance(said, int):
        return
    pieces = quantity if isinstance(quantity, int) else 1
    budget = said * pieces if reading.for_each or _is_for_each(said, pieces, reading.left) else said
    reading.found |= {"budget": budget, "per_unit": budget != said or reading.for_each}
    reading.query["max_price"] = int(budget / (pieces * reading.share))


def _is_for_each(said: int, pieces: int, left: str) -> bool:
    """Nobody gets five songkok for the price of one: what is far too little for all of it, and enough for one, was said of one."""
    usual = counting.usual_price(_rest(left))
    return usual is not None and pieces > 1 and said < TOO_LITTLE * usual * pieces and said >= ENOUGH * usual


def _rest(left: str) -> str:
    """What is left, without the ends that only joined its parts."""
    kept = re.findall(r"[a-z0-9]+", left)
    while kept and kept[-1] in FILLERS:
        kept.pop()
    while kept and kept[0] in FILLERS:
        kept.pop(0)
    return " ".join(kept)
