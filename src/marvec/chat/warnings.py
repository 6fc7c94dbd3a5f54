"""Messages that ask for codes or play the officer get a warning, shown to who receives them. The rules are data: `data/warnings.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from common.i18n import N_

RULES = Path(__file__).parent / "data" / "warnings.toml"
SENTENCES = {
    "fake_officer": N_(
        "Petugas Disdukcapil tidak pernah menelepon atau mengirim pesan, dan tidak pernah meminta kode atau uang. "
        "Aktivasi IKD hanya di kantor."
    ),
    "asks_for_code": N_("Jangan berikan kode atau sandi kepada siapa pun, termasuk yang mengaku petugas."),
}


@dataclass(frozen=True)
class Rule:
    code: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str]


def warning_of(text: str) -> str | None:
    """The code of the first rule that finds something in `text`, None for a harmless message."""
    plain = " ".join(re.sub(r"[^\w\s]|_", " ", text.lower()).split())
    return next((rule.code for rule in rules() if rule.pattern.search(plain) and not rule.unless.search(plain)), None)


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    found = tomllib.loads(RULES.read_text("utf-8"))["rule"]
    return tuple(Rule(rule["code"], re.compile(rule["pattern"]), re.compile(rule["unless"])) for rule in found)
