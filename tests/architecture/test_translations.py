"""English and plain Indonesian are complete: every text of every room, with the same placeholders, and one translation for one text."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from common.i18n import catalogs
from common.i18n.texts import SOURCE_ROOT


@pytest.mark.parametrize("target", catalogs.TARGETS)
def test_every_text_has_its_translation(target: str) -> None:
    assert catalogs.untranslated(target) == {}, f"run `python -m common.i18n <room>` and fill in the room's locale/{target}.po"


@pytest.mark.parametrize("target", catalogs.TARGETS)
def test_no_two_rooms_translate_the_same_text_differently(target: str) -> None:
    assert catalogs.conflicting(target) == {}


@pytest.mark.parametrize(
    ("text", "coloured"),
    [("Coba ki’ lagi", True), ("KTP ta’", True), ("Tinggal tiga ji.", True), ("Belum pi.", True), ("Sementara dibuat", True),
     ("Kita", False), ("Kata sandi", False), ("Data diri", False), ("Tutup sementara", False)],
)  # fmt: skip
def test_colour_is_told_from_ordinary_words(text: str, coloured: bool) -> None:
    assert (catalogs.COLOUR.search(text) is not None) is coloured


def test_the_extractor_sees_python_and_templates() -> None:
    found = {msgid if isinstance(msgid, str) else msgid[0] for msgid in catalogs.messages_of(SOURCE_ROOT / "common" / "web")}
    assert {"Wajib diisi.", "Langsung ke isi", "Pilih kelurahan…"} <= found


@pytest.mark.parametrize(("english", "sound"), [("At least %(ge)s.", True), ("At least.", False), ("", False), ("%(le)s", False)])
def test_a_translation_needs_the_same_placeholders(tmp_path: Path, english: str, sound: bool) -> None:
    path = tmp_path / "en.po"
    path.write_text(f'msgid "Paling sedikit %(ge)s."\nmsgstr "{english}"\n', encoding="utf-8")
    with path.open("rb") as file:
        (message,) = [m for m in read_po(file, locale="en") if m.id]
    assert catalogs._is_sound(message) is sound
