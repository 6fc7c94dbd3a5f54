"""Every pair of colours that the components use meets WCAG 2.2 AA, in both themes. Formula: WCAG 2.2, relative luminance."""

import re

import pytest

from common.web.static import FOLDER

TEXT = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink", "own"), ("ink-soft", "paper"), ("ink-soft", "surface"),
    ("ink-soft", "sunken"), ("ink-soft", "own"), ("on-primary", "primary"), ("on-primary", "primary-deep"), ("primary", "surface"),
    ("primary", "paper"), ("primary", "sunken"), ("primary", "primary-soft"), ("link", "paper"), ("link", "surface"), ("link", "sunken"),
    ("bad", "surface"), ("bad", "paper"), ("bad", "bad-soft"), ("good", "good-soft"), ("warn", "warn-soft"), ("note", "note-soft"),
    ("paper", "ink"), ("link", "bad-soft"),
]  # fmt: skip
SHAPES = [("edge", "surface"), ("edge", "paper"), ("edge", "sunken"), ("focus", "paper"), ("focus", "surface"), ("primary", "surface")]


def themes() -> dict[str, dict[str, str]]:
    light, dark = (FOLDER / "css" / "tokens.css").read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    of_light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return {"light": of_light, "dark": of_light | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_21() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_reads_at_4_5_to_1(theme: str) -> None:
    colours = themes()[theme]
    assert {pair: ratio for pair in TEXT if (ratio := round(contrast(colours[pair[0]], colours[pair[1]]), 2)) < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_and_focus_are_seen_at_3_to_1(theme: str) -> None:
    colours = themes()[theme]
    assert {pair: ratio for pair in SHAPES if (ratio := round(contrast(colours[pair[0]], colours[pair[1]]), 2)) < 3} == {}
