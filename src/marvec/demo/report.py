"""What was done, how long it took and what was found: one line at once, a table at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from marvec.demo.errors import Off


@dataclass
class Step:
    """`notes`: what was found, for people."""

    chapter: str
    name: str
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    failed: str = ""

    def note(self, text: str) -> None:
        if text:
            self.notes.append(text)


class Report:
    def __init__(self, console: Console) -> None:
        self._console = console
        self.steps: list[Step] = []

    @contextmanager
    def step(self, chapter: str, name: str) -> Iterator[Step]:
        """Time one step; `Off` is noted and passed on."""
        step, began = Step(chapter, name), time.monotonic()
        self.steps.append(step)
        try:
            yield step
        except Off as off:
            step.failed = str(off)
            raise
        finally:
            step.seconds = time.monotonic() - began
            self._console.print(_line(step), markup=False, highlight=False)

    def show(self) -> None:
        table = Table(title="Marvec: the main job, step by step", title_justify="left")
        for heading, side in (("", "left"), ("step", "left"), ("ms", "right"), ("found", "left")):
            table.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
        for step in self.steps:
            found = f"OFF: {step.failed}" if step.failed else "; ".join(step.notes)
            table.add_row(step.chapter, step.name, f"{step.seconds * 1000:.0f}", found, style="bold red" if step.failed else None)
        self._console.print(table)

    @property
    def fine(self) -> bool:
        return not any(step.failed for step in self.steps)


def _line(step: Step) -> str:
    mark = "OFF " if step.failed else "ok  "
    return f"{mark}{step.chapter:<2} {step.name:<52}{step.seconds * 1000:>8.0f} ms  {step.failed or '; '.join(step.notes)}"
