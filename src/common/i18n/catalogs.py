"""What is not translated yet: messages found in the sources, room by room, against the rooms' .po files.

English has every message; plain Indonesian (`id-baku`) those that Makassar's colour is in.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from common.i18n.locales import PLAIN
from common.i18n.texts import FLOORS, SOURCE_ROOT

KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "N_": None, "lazy": None, "ngettext": (1, 2)}
METHODS = {".py": "python", ".html": "jinja2"}
ENGLISH = "en"
TARGETS = (ENGLISH, PLAIN)
COLOUR = re.compile(r"\b(?:ki|maki|ta|di|iye|tabe|pale)['’]|\b(?:ji|mi|pi|sementara (?=di|ber))\b", re.IGNORECASE)
"""The particles that the interface uses (see the phrases of the house): `Tunggu ki’`, `KTP ta’`, `gratis ji`, `sementara dibuat`."""
MsgId = str | tuple[str, str]


def untranslated(target: str = ENGLISH) -> dict[str, list[str]]:
    """Room (dotted) -> its messages without a sound text in `target`; empty when all is well.

    A message counts as translated in its own room or in the ground floor's. Fuzzy and empty translations, such with other
    placeholders than the source, and plain Indonesian that still has colour in it count as missing.
    """
    shared = {found for folder in (SOURCE_ROOT / "common", SOURCE_ROOT / "common" / "web") for found in _sound(folder, target)}
    missing = {}
    for room in rooms():
        known = shared | _sound(room, target)
        lacking = sorted(text for text in map(_first, messages_of(room)) if text not in known and _needs(text, target))
        if lacking:
            missing[".".join(room.relative_to(SOURCE_ROOT).parts)] = lacking
    return missing


def conflicting(target: str = ENGLISH) -> dict[str, set[str]]:
    """Texts that two rooms translate differently: the merged catalog could speak only one of them."""
    seen: dict[str, set[str]] = {}
    for room in rooms():
        for message in _catalog(room, target):
            if message.id and message.string:
                seen.setdefault(_first(message.id), set()).add(str(message.string))
    return {text: forms for text, forms in seen.items() if len(forms) > 1}


def rooms() -> list[Path]:
    """The floors themselves and every room on them: folders that are packages."""
    floors = [SOURCE_ROOT / floor for floor in FLOORS if (SOURCE_ROOT / floor).is_dir()]
    return [folder for floor in floors for folder in (floor, *sorted(p.parent for p in floor.glob("*/__init__.py")))]


def messages_of(room: Path) -> set[MsgId]:
    """Every message id in the room's Python and templates; for a floor only in the files that lie directly in it."""
    is_floor = room.parent == SOURCE_ROOT
    paths = room.glob("*.py") if is_floor else (p for p in room.rglob("*") if p.suffix in METHODS)
    return {msgid for path in paths for msgid in _extract(path)}


def add_missing(target: str = ENGLISH, only: Collection[str] = ()) -> dict[str, int]:
    """Append the messages that .po files lack, with an empty translation; in all rooms or `only` those. -> room: how many were added."""
    added = {}
    for name, texts in untranslated(target).items():
        if only and name not in only:
            continue
        room = SOURCE_ROOT.joinpath(*name.split("."))
        catalog, ids = _catalog(room, target), {_first(m): m for m in messages_of(room)}
        fresh = [ids[text] for text in texts if catalog.get(ids[text]) is None]
        for msgid in fresh:
            catalog.add(msgid)
        if fresh:
            _write(room, target, catalog)
            added[name] = len(fresh)
    return added


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))


def _needs(text: str, target: str) -> bool:
    return target == ENGLISH or COLOUR.search(text) is not None


def _extract(path: Path) -> Iterator[MsgId]:
    with path.open("rb") as file:
        for _line, found, _comments, _context in extract(METHODS[path.suffix], file, keywords=KEYWORDS, options={"encoding": "utf-8"}):
            if found:
                yield found if isinstance(found, str) else (str(found[0]), str(found[1]))


def _sound(room: Path, target: str) -> set[str]:
    return {_first(m.id) for m in _catalog(room, target) if m.id and not m.fuzzy and _is_sound(m, target)}


def _is_sound(message: Message, target: str = ENGLISH) -> bool:
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    wanted = placeholders(_first(message.id))
    return bool(forms) and all(form and placeholders(form) == wanted and not (target == PLAIN and COLOUR.search(form)) for form in forms)


def _catalog(room: Path, target: str) -> Catalog:
    path = room / "locale" / f"{target}.po"
    if not path.exists():
        return Catalog(locale=_babel(target), project="Marvec")
    with path.open("rb") as file:
        return read_po(file, locale=_babel(target))


def _write(room: Path, target: str, catalog: Catalog) -> None:
    path = room / "locale" / f"{target}.po"
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, no_location=True, omit_header=True, sort_output=True, width=120)


def _babel(target: str) -> str:
    """The locale whose plural forms Babel knows."""
    return target.partition("-")[0]


def _first(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]
