"""When two births are one: names as they sound, and what makes an officer look twice. Pure functions of the answers.

The same mother, day, order and name is the same child, whatever the spelling. Alike is what one woman cannot have borne (another child
within nine months, another of the same order) or what is written twice (a name like it, of the same mother or family). Children of one
day with different orders and names are twins: shown, never stopped.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from civic.services.answers import Answers
from common import sealing
from common.i18n import N_
from common.settings import get_settings

NINE_MONTHS = 270  # days
ALIKE = 0.86  # of two names without their spaces: one letter in seven may differ
PURPOSE = "birth-register"
SPELLING = (
    ("oe", "u"), ("dj", "j"), ("tj", "c"), ("nj", "ny"), ("sj", "sy"), ("ch", "kh"), ("kh", "h"), ("sh", "sy"), ("ph", "f"), ("v", "f"),
    ("dh", "d"), ("th", "t"), ("q", "k"), ("ae", "ai"), ("ay", "ai"),
)  # fmt: skip
WORDS = {
    **dict.fromkeys(("m", "md", "mhd", "muh", "moh", "mohd", "muhd", "mohamad", "mohamed"), "muhamad"),
    "ahmat": "ahmad",
    "st": "siti",
    "sity": "siti",
    "abd": "abdul",
    "a": "andi",
    "nor": "nur",
}
"""How the same name is shortened and spelled here; the words as they are once letters are plain and doubled ones single."""


class Why(StrEnum):
    SAME = "same"
    NEAR = "near"
    ORDER = "order"
    NAME = "name"
    TWIN = "twin"


REASONS = {
    Why.SAME: N_("Ibu, tanggal lahir, urutan, dan namanya sama. Anak ini sudah tercatat."),
    Why.NEAR: N_("Ibunya sama, dan jarak lahirnya kurang dari sembilan bulan."),
    Why.ORDER: N_("Ibunya sama, dan urutan anaknya sama."),
    Why.NAME: N_("Namanya mirip, dan keluarganya sama."),
    Why.TWIN: N_("Lahir pada hari yang sama dari ibu yang sama dengan urutan lain: mungkin kembar."),
}


@dataclass(frozen=True)
class Identity:
    """Who was born, as keyed hashes that find its like."""

    mother: bytes
    born: bytes
    birth_order: int
    child: bytes
    family: bytes

    @classmethod
    def of(cls, answers: Answers) -> "Identity":
        born, name = answers["tanggal_lahir"], plain(answers["nama_anak"])
        return cls(
            mother=_hash("mother", answers["nik_ibu"]),
            born=_hash("born", answers["nik_ibu"], born),
            birth_order=int(answers["anak_ke"]),
            child=_hash("child", born, name),
            family=_hash("family", answers["nomor_kk"]),
        )


def plain(name: str) -> str:
    """A name as it sounds: no marks, no case, no spaces, one spelling. `MOEH. Djafar` is `Muhammad Jafar`."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    words = re.sub(r"[^a-z ]+", "", re.sub(r"[.\-_/,]+", " ", letters)).split()
    return "".join(_word(word) for word in words)


def compare(mine: Answers, theirs: Answers) -> Why | None:
    """Why these two may be one child; None when nothing speaks for it."""
    names, similar = (plain(mine["nama_anak"]), plain(theirs["nama_anak"])), _alike(mine["nama_anak"], theirs["nama_anak"])
    days = abs((date.fromisoformat(mine["tanggal_lahir"]) - date.fromisoformat(theirs["tanggal_lahir"])).days)
    same_order = int(mine["anak_ke"]) == int(theirs["anak_ke"])
    if mine["nik_ibu"] == theirs["nik_ibu"]:
        return _of_one_mother(days, same_name=names[0] == names[1], similar=similar, same_order=same_order)
    same_day_and_name = days == 0 and names[0] == names[1] and plain(mine["nama_ibu"]) == plain(theirs["nama_ibu"])
    same_family = mine["nomor_kk"] == theirs["nomor_kk"] and similar
    return Why.NAME if same_day_and_name or same_family else None


def _of_one_mother(days: int, *, same_name: bool, similar: bool, same_order: bool) -> Why | None:
    if days == 0 and same_order and same_name:
        return Why.SAME
    if same_order:
        return Why.ORDER
    if similar:
        return Why.NAME
    if days == 0:
        return Why.TWIN
    return Why.NEAR if days < NINE_MONTHS else None


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio() >= ALIKE


def _word(word: str) -> str:
    for old, new in SPELLING:
        word = word.replace(old, new)
    word = re.sub(r"(.)\1+", r"\1", word)
    return WORDS.get(word, word).removesuffix("h") or word


def _hash(kind: str, *parts: str) -> bytes:
    return sealing.keyed_hash(get_settings().nik_key.get_secret_value(), "\n".join(parts), purpose=f"{PURPOSE}:{kind}")
