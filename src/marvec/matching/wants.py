"""What people write when they look for something: "20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp 400.000"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common import clock

THOUSANDS = {"rb": 1_000, "ribu": 1_000, "k": 1_000, "jt": 1_000_000, "juta": 1_000_000}
UNITS = "porsi|bungkus|kotak|dos|dus|loyang|buah|biji|pcs|potong|lembar|ikat|kg|kilo|kilogram|gram|liter|botol|gelas|mangkuk|paket|ekor|pasang|meter|orang|jam|hari"
MONEY = re.compile(
    r"(?:(?:paling banyak|maksimal|maks|max|budget|anggaran|bujet|di ?bawah)\s*)?"
    r"(?:rp\.?\s*(?P<plain>\d[\d.]*)\s*(?P<plain_unit>rb|ribu|jt|juta|k)?|(?P<short>\d+(?:,\d+)?)\s*(?P<short_unit>rb|ribu|jt|juta|k))\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(rf"\b(?P<number>\d{{1,5}})\s*(?P<unit>{UNITS})?\b(?!\s*(?:km|menit))", re.IGNORECASE)
DAYS = {"hari ini": 0, "malam ini": 0, "sore ini": 0, "besok": 1, "lusa": 2}
WHEN = re.compile(
    r"\b(?:untuk |buat )?(?P<day>hari ini|malam ini|sore ini|besok|lusa)\b(?:\s*(?:jam|pukul)\s*(?P<hour>\d{1,2})(?:[.:]\d\d)?)?",
    re.IGNORECASE,
)
WHERE = re.compile(r"\b(?:di)?(?:antar|kirim)(?:kan)?\s+(?:ke|di)\b[^,;]*|\b(?:di|ke|sekitar|dekat)\s+[a-z ]+(?=,|;|$)", re.IGNORECASE)
LIMIT_WORDS = re.compile(r"\b(?:paling banyak|maksimal|maks|max|budget|anggaran|bujet)\b", re.IGNORECASE)
NOON = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """`what` is the text without its amounts; `budget` in rupiah for all of it; `needed_at` at noon WITA when no hour was said."""

    what: str
    quantity: int | None = None
    unit: str = ""
    budget: int | None = None
    needed_at: datetime | None = None


def read_want(text: str) -> Wanted:
    """What can be understood; what cannot stays in `what`. Never fails."""
    rest = " ".join(text.split())
    money, rest = _cut(MONEY, rest)
    when, rest = _cut(WHEN, rest)
    _, rest = _cut(WHERE, rest)
    amount, rest = _cut(AMOUNT, rest)
    what = " ".join(LIMIT_WORDS.sub(" ", rest).replace(",", " ").replace(";", " ").split())
    return Wanted(
        what=what,
        quantity=int(amount["number"]) if amount else None,
        unit=(amount["unit"] or "").lower() if amount else "",
        budget=_rupiah(money) if money else None,
        needed_at=_moment(when) if when else None,
    )


def _cut(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    found = pattern.search(text)
    return found, text if found is None else f"{text[: found.start()]} {text[found.end() :]}"


def _rupiah(found: re.Match[str]) -> int:
    if found["plain"]:
        return int(found["plain"].replace(".", "")) * THOUSANDS.get((found["plain_unit"] or "").lower(), 1)
    return round(float(found["short"].replace(",", ".")) * THOUSANDS[found["short_unit"].lower()])


def _moment(found: re.Match[str]) -> datetime:
    day: date = clock.today() + timedelta(days=DAYS[found["day"].lower()])
    hour = int(found["hour"]) if found["hour"] and int(found["hour"]) < 24 else NOON
    return datetime.combine(day, time(hour), clock.WITA)
