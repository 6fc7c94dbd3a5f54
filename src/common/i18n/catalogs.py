"""What has no English yet: messages found in the sources, room by room, against the rooms' en.po."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from common.i18n.texts import FLOORS, SOURCE_ROOT

KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "N_": None, "lazy": None, "ngettext": (1, 2)}
METHODS = {".py": "python", ".html": "jinja2"}
TARGET = "en"
MsgId = str | tuple[str, str]


def untranslated() -> dict[str, list[str]]:
    """Room (dotted) -> its messages without a sound English text; empty when all is well.

    A message counts as translated in its own room or in the ground floor's. Fuzzy and empty translations, and such with other
    placeholders than the source, count as missing.
    """
    shared = {found for folder in (SOURCE_ROOT / "common", SOURCE_ROOT / "common" / "web") for found in _sound(folder)}
    missing = {}
    for room in rooms():
        known = shared | _sound(room)
        lacking = sorted(_first(msgid) for msgid in messages_of(room) if _first(msgid) not in known)
        if lacking:
            missing[".".join(room.relative_to(SOURCE_ROOT).parts)] = lacking
    return missing


def conflicting() -> dict[str, set[str]]:
    """Indonesian texts that two rooms put into English differently: the merged catalog could speak only one of them."""
    seen: dict[str, set[str]] = {}
    for room in rooms():
        for message in _read(room):
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


def add_missing(only: Collection[str] = ()) -> dict[str, int]:
    """Append the messages that en.po files lack, with an empty translation; in all rooms or `only` those. -> room: how many were added."""
    added = {}
    for name, texts in untranslated().items():
        if only and name not in only:
            continue
        room = SOURCE_ROOT.joinpath(*name.split("."))
        catalog, ids = _catalog(room), {_first(m): m for m in messages_of(room)}
        fresh = [ids[text] for text in texts if catalog.get(ids[text]) is None]
        for msgid in fresh:
            catalog.add(msgid)
        if fresh:
            _write(room, catalog)
            added[name] = len(fresh)
    return added


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))


def _extract(path: Path) -> Iterator[MsgId]:
    with path.open("rb") as file:
        for _line, found, _comments, _context in extract(METHODS[path.suffix], file, keywords=KEYWORDS, options={"encoding": "utf-8"}):
            if found:
                yield found if isinstance(found, str) else (str(found[0]), str(found[1]))


def _sound(room: Path) -> set[str]:
    return {_first(m.id) for m in _read(room) if m.id and not m.fuzzy and _is_sound(m)}


def _is_sound(message: Message) -> bool:
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    wanted = placeholders(_first(message.id))
    return bool(forms) and all(form and placeholders(form) == wanted for form in forms)


def _read(room: Path) -> list[Message]:
    return list(_catalog(room))


def _catalog(room: Path) -> Catalog:
    path = room / "locale" / f"{TARGET}.po"
    if not path.exists():
        return Catalog(locale=TARGET, project="Marvec")
    with path.open("rb") as file:
        return read_po(file, locale=TARGET)


def _write(room: Path, catalog: Catalog) -> None:
    path = room / "locale" / f"{TARGET}.po"
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, no_location=True, omit_header=True, sort_output=True, width=120)


def _first(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]
