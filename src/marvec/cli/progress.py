"""How far a long job is: a bar where somebody looks, a line now and then where it goes into a log."""

import sys
import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

EVERY = 5.0  # seconds between two lines


class Steps:
    """A context in which steps are begun and go on, from any thread. Everything is written to stderr."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._name, self._size, self._done, self._said = "", 0, 0, time.monotonic()
        if sys.stderr.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)

    def begin(self, step: str, size: int) -> None:
        """`size` in bytes (or files); 0 when nobody knows."""
        self._name, self._size, self._done, self._said = step, size, 0, time.monotonic()
        if self._bar is None:
            click.echo(f"{step} ...", err=True)
            return
        for task in self._bar.task_ids:
            self._bar.remove_task(task)
        self._bar.add_task(step, total=size or None)

    def done(self, size: int) -> None:
        """So much more."""
        self._done += size
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[-1], size)
        elif time.monotonic() - self._said > EVERY:
            self._said = time.monotonic()
            click.echo(f"{self._name} {self._done * 100 // self._size if self._size else self._done}{' %' if self._size else ''}", err=True)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()
