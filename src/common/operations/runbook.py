"""The runbook as the operator's pages show it: headings, paragraphs, lists and commands of one Markdown file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "docs" / "operations" / "runbook.md"


@dataclass
class Part:
    """One section. `blocks`: (kind, lines), kind `p`, `ul`, `ol` or `pre`."""

    title: str
    blocks: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


@lru_cache(maxsize=1)
def parts() -> Sequence[Part]:
    """The file's second-level sections; none where only the package was installed, without the documents."""
    return _read(FILE.read_text("utf-8")) if FILE.is_file() else ()


def _read(text: str) -> list[Part]:
    found: list[Part] = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip("\n").splitlines()
        if lines and lines[0].startswith("## "):
            found.append(Part(lines.pop(0)[3:].strip()))
        if lines and found:
            found[-1].blocks.append(_block(lines))
    return found


def _block(lines: list[str]) -> tuple[str, list[str]]:
    if all(line.startswith("    ") for line in lines):
        return "pre", [line[4:] for line in lines]
    for kind, mark in (("ul", r"- "), ("ol", r"\d+\. ")):
        if re.match(mark, lines[0]):
            return kind, [item.replace("\n", " ").strip() for item in re.split(rf"(?m)^{mark}", "\n".join(lines)) if item.strip()]
    return "p", [" ".join(lines)]
