"""What `marvec run` tells the person at the terminal: each step with its time, then what falls and what stops."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from common.embedded.errors import EmbeddedError
from common.embedded.outlet import Outlet
from marvec.cli.words import one_line, say


class TerminalNarrator:
    """Prints whole lines only, so that they never mix with what the children print."""

    def __init__(self, outlet: Outlet) -> None:
        self._began = time.monotonic()
        self._outlet = outlet

    def line(self, text: str = "") -> None:
        self._outlet.say(text + "\n")

    @contextmanager
    def step(self, name: str, began: float | None = None) -> Iterator[None]:
        """Tell of a step when it is done; `began` (monotonic seconds) when it has been going on for a while already."""
        since = time.monotonic() if began is None else began
        yield
        self.line(f"  {say(f'step_{name}'):<24}{time.monotonic() - since:6.2f} s")

    def ready(self, address: str) -> None:
        self.line()
        self.line(say("ready", address=address, seconds=time.monotonic() - self._began))

    def fell(self, name: str, returncode: int, pause: float) -> None:
        how = signal.Signals(-returncode).name if returncode < 0 else f"exit {returncode}"
        self.line(say("fell", name=name, how=how, later=say("later", pause=pause) if pause else ""))

    def hung(self, name: str, seconds: float) -> None:
        self.line(say("hung", name=name, seconds=seconds))

    def refused(self, name: str, error: EmbeddedError) -> None:
        self.line(f"{name}: {one_line(error)}")

    def stopped(self, name: str, seconds: float) -> None:
        self.line(f"  {say('stopped', name=name):<24}{seconds:6.2f} s")
