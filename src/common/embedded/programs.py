"""Our own programs as children: their output with a name before each line, and a gate that holds them until the ground is ready."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from common.embedded.processes import end, spawn

PRINTING = threading.Lock()


class Gate:
    """A closed gate is a pipe that the child reads; it opens when our end is closed. A child may load its code before the gate
    (`await_gate`), so that importing and the start of the database go on at the same time.
    """

    def __init__(self) -> None:
        self._theirs, self._ours = os.pipe()

    @property
    def fds(self) -> tuple[int, ...]:
        return (self._theirs,) if self._theirs >= 0 else ()

    @property
    def words(self) -> list[str]:
        return [f"--gate-fd={self._theirs}"] if self._theirs >= 0 else []

    def open(self) -> None:
        """Let everybody through who waits, and those who come later without waiting."""
        if self._theirs >= 0:
            os.close(self._ours)
            os.close(self._theirs)
            self._theirs = self._ours = -1


def await_gate(fd: int | None) -> None:
    """The child's side: block until the gate is open; without a gate go on at once."""
    if fd is not None:
        os.read(fd, 1)
        os.close(fd)


class Program:
    """A child that runs `command`; what it says is printed line by line behind its name."""

    def __init__(
        self,
        name: str,
        command: Iterable[str | Path],
        *,
        env: Mapping[str, str],
        patience: float = 15.0,
        gate: Gate | None = None,
        keep_fds: Iterable[int] = (),
    ) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self._command = list(command)
        self._env = dict(env)
        self._patience = patience
        self._gate = gate
        self._keep_fds = tuple(keep_fds)

    def launch(self) -> None:
        """Start it. Call from a thread that lives as long as the child should."""
        gate_words, gate_fds = (self._gate.words, self._gate.fds) if self._gate else ([], ())
        self.process = spawn(
            [*self._command, *gate_words],
            env=self._env,
            output=subprocess.PIPE,
            death_signal=signal.SIGKILL,
            keep_fds=(*self._keep_fds, *gate_fds),
        )
        assert self.process.stdout is not None
        threading.Thread(target=forward, args=(self.process.stdout, self.name), daemon=True).start()

    def ask_to_stop(self) -> None:
        """SIGTERM without waiting, so that several drain at the same time."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """SIGTERM, `patience` seconds, SIGKILL. Stopping twice is no error."""
        if self.process is not None:
            end(self.process, ((signal.SIGTERM, self._patience),))
            self.process = None


def forward(source: IO[bytes], name: str) -> None:
    """Print each line of `source` behind `name` until it ends."""
    for line in source:
        with PRINTING:
            sys.stdout.write(f"{name:>9} | {line.decode(errors='replace').rstrip()}\n")
            sys.stdout.flush()
    source.close()
