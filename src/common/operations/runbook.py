"""The runbook as the operator's pages show it, in the reader's language: headings, paragraphs, lists and commands of a Markdown file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "operations"
FILES = {"id": "panduan.md", "en": "runbook.md"}
HEADING = re.compile(r"## (?P<title>.+?)(?: \{#(?P<slug>[a-z0-9-]+)\})?")


@dataclass
class Part:
    """One section. `blocks`: (kind, lines), kind `p`, `ul`, `pre`, or `ol <number of its first line>`."""

    title: str
    slug: str
    blocks: list[tuple[str, list[str]]] = field(default_factory=list)


@lru_cache(maxsize=len(FILES))
def parts(language: str = "en") -> Sequence[Part]:
    """The file's second-level sections; none where only the package was installed, without the documents."""
    file = FOLDER / FILES[language]
    return _read(file.read_text("utf-8")) if file.is_file() else ()


def _read(text: str) -> list[Part]:
    found: list[Part] = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip("\n").splitlines()
        if lines and (heading := HEADING.fullmatch(lines[0].strip())):
            found.append(Part(heading["title"], heading["slug"] or re.sub(r"[^a-z0-9]+", "-", heading["title"].lower()).strip("-")))
            lines.pop(0)
        if lines and found:
            found[-1].blocks.append(_block(lines))
    return found


def _block(lines: list[str]) -> tuple[str, list[str]]:
    if all(line.startswith("    ") for line in lines):
        return "pre", [line[4:] for line in lines]
    for kind, mark in (("ul", r"- "), ("ol", r"\d+\. ")):
        if re.match(mark, lines[0]):
            items = [" ".join(item.split()) for item in re.split(rf"(?m)^{mark}", "\n".join(lines)) if item.strip()]
            return f"ol {lines[0].partition('.')[0]}" if kind == "ol" else kind, items
    return "p", [" ".join(lines)]
