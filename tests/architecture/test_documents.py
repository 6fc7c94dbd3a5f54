"""The documents tell the truth where a program can tell."""

import re
from pathlib import Path

from common.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_is_in_the_readmes_table_and_nothing_else_is() -> None:
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    fields = Settings.model_fields.items()
    assert named == {str(field.validation_alias or f"MARVEC_{name.upper()}") for name, field in fields}


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_every_room_says_what_it_is_about() -> None:
    rooms = [path for floor in ("common", "civic", "marvec") for path in (ROOT / "src" / floor).glob("*/__init__.py")]
    assert [path.parent.name for path in rooms if path.parent.name != "__pycache__" and '"""' not in path.read_text()] == []
