"""How people ask for a service (`data/life_events.csv`): "bapakku meninggal", "ktp hilang", and what they are led to.

`data/words.csv` has each service's own words and short phrases: whatever holds all of one is about that service ("lupa bikin imb rumah").

What is typed here may be illness or violence: nothing in this module stores or logs it.
"""

import csv
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from common.i18n import language

EMERGENCY = "darurat-112"
LEAST_LIKENESS = 0.55
"""Of weighted words in common (Dice); below, people were led to services that they had not meant."""
OWN_WORDS = 0.7
"""The likeness of a text that holds all of a service's own words; a longer such phrase, being more exact, comes first."""
FILLERS = frozenset(
    "ada akan aku bagaimana bikin cara dan di dengan ingin itu ke mana mau mauka minta saya sa tolong untuk urus yang".split()  # noqa: SIM905
)
ENDINGS = re.compile(r"(?<=\w{3})(ku|ta|nya|mi|pi|ji|ka|ki)$")
"""Said at the end of a word in Makassar: ktpku, jadimi. The stem of three letters keeps "buku" whole."""


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One way of asking. `office` is a code of the directory, or a name in brackets for what is not an office."""

    phrase: str
    service: str
    service_name: str
    office: str
    also: tuple[str, ...]
    emergency: bool


def find(text: str, most: int = 4) -> list[LifeEvent]:
    """The events that sound most like `text`, one for each service, emergencies first. Empty when nothing is like it."""
    said = _stems(text)
    alike = [(_likeness(said, stems), event) for event, stems in _events()]
    held = [(OWN_WORDS + len(stems) / 100, event) for event, stems in _own_words() if stems <= said]
    scored = sorted([*alike, *held], key=lambda pair: (-pair[0], pair[1].phrase))
    best: dict[str, LifeEvent] = {}
    for likeness, event in scored:
        if likeness >= LEAST_LIKENESS:
            best.setdefault(event.service, event)
    return sorted(list(best.values())[:most], key=lambda event: not event.emergency)


def services() -> list[str]:
    """The codes of all services that people ask for, each once."""
    return list(dict.fromkeys(event.service for event, _ in _events()))


def name_of(service: str) -> str:
    """What the files call a service, in the reader's language; its code when it has no line of its own."""
    if language() == "en" and service in _english():
        return _english()[service]
    return next((event.service_name for event, _ in _events() if event.service == service), service)


def office_of(service: str) -> str:
    return next((event.office for event, _ in _events() if event.service == service), "")


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    with (Path(__file__).parent / "data" / "service_names.csv").open(encoding="utf-8") as file:
        return {row["service"]: row["name_en"] for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _events() -> tuple[tuple[LifeEvent, frozenset[str]], ...]:
    with (Path(__file__).parent / "data" / "life_events.csv").open(encoding="utf-8") as file:
        found = [
            LifeEvent(
                row["phrase"], row["service"], row["service_name"], row["office"], tuple(filter(None, row["also_offer"].split(";"))),
                row["kind"] == "emergency",
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    return tuple((event, _stems(event.phrase)) for event in found)


@lru_cache(maxsize=1)
def _own_words() -> tuple[tuple[LifeEvent, frozenset[str]], ...]:
    """Each short phrase as an event of its service. `also` is what the service's first line offers beside it."""
    first = {event.service: event for event, _ in reversed(_events())}
    with (Path(__file__).parent / "data" / "words.csv").open(encoding="utf-8") as file:
        told = [(first[row["service"]], words) for row in csv.DictReader(file) for words in row["words"].split(";")]
    return tuple((replace(event, phrase=words, also=() if event.emergency else event.also), _stems(words)) for event, words in told)


def _stems(text: str) -> frozenset[str]:
    plain = re.sub(r"['’‘`\u0300-\u036f]", "", unicodedata.normalize("NFKD", text).lower())
    words = re.findall(r"[a-z0-9]+", plain)[:16]
    return frozenset(ENDINGS.sub("", word) for word in words if word not in FILLERS or len(words) == 1)


def _likeness(said: frozenset[str], event: frozenset[str]) -> float:
    """Twice the weight in common over the weight of both: 1 for the same words, 0 for none."""
    both = _weight(said) + _weight(event)
    return 2 * _weight(said & event) / both if both else 0.0


def _weight(stems: frozenset[str]) -> float:
    """Rare words say more ("jenazah") than common ones ("anak")."""
    uses = _uses()
    return sum(math.log(len(_events()) / uses.get(stem, 1)) for stem in stems)


@lru_cache(maxsize=1)
def _uses() -> Counter[str]:
    return Counter(stem for _, stems in _events() for stem in stems)
