"""Who watches over the city's processes: starts them in order, brings back what falls, stops the last first.

The supervisor may itself be killed -9: every child asked the kernel to die with it (`processes.die_with_parent`), and the next
supervisor finds the lock free, since a lock dies with its holder.
"""

import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from common.embedded.errors import EmbeddedError
from common.embedded.folders import write_whole
from common.embedded.processes import Process
from common.embedded.programs import SAY_WHERE, Output
from common.embedded.pulse import Pulse

STEADY = 5.0  # seconds after which a life is no longer a failed start
HUNG_SECONDS = 10.0  # without a beat of the pulse
START_SECONDS = 90.0  # until the first one
SURE_SECONDS = 2.0  # of doubt, lest a machine that slept kill everybody as it wakes
LOOK_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Server(Protocol):
    """What can be watched: Postgres, Valkey, a Program."""

    name: str

    @property
    def process(self) -> Process | None: ...

    def launch(self) -> None: ...
    def stop(self) -> None: ...


class Narrator(Protocol):
    """Who tells a person what happens, in that person's language."""

    def fell(self, name: str, returncode: int, pause: float) -> None: ...
    def hung(self, name: str, seconds: float) -> None: ...
    def refused(self, name: str, error: EmbeddedError) -> None: ...
    def stopped(self, name: str, seconds: float) -> None: ...


class Interrupted(BaseException):
    """A signal asked us to stop. Not an Exception: nobody on the way may swallow it."""


@dataclass
class _Watched:
    server: Server
    started_at: float
    failures: int = 0
    due: float | None = None  # when to start it again; None: it lives
    doubted_at: float | None = None  # since when its pulse is missed
    hung: bool = False  # we ended it, so it is no failed start


@dataclass
class Supervisor:
    """`record` is the file that tells other programs of this machine the pids and addresses (mode 0600, no secrets)."""

    record: Path
    narrator: Narrator
    facts: dict[str, Any] = field(default_factory=dict)
    output: Output = field(default_factory=Output)
    _groups: list[list[_Watched]] = field(default_factory=list)

    def launch(self, *servers: Server) -> None:
        """Start a group; groups are stopped in the reverse order, the members of a group together."""
        group: list[_Watched] = []
        self._groups.append(group)
        for server in servers:
            server.launch()
            group.append(_Watched(server, time.monotonic()))
        self._write_record()

    def watch(self) -> None:
        """Bring back whatever ends or hangs, until a signal raises Interrupted."""
        with _wake_on_child(self.output.selector):
            while True:
                now = time.monotonic()
                for one in self._everyone():
                    self._look_after(one, now)
                dues = [one.due for one in self._everyone() if one.due is not None]
                wait = LOOK_SECONDS if any(pulse_of(one.server) for one in self._everyone()) else 60.0
                self.output.pump(max(0.0, min([wait, *(due - time.monotonic() for due in dues)])))

    def stop(self) -> None:
        """End everything, the last group first, and remove the record."""
        for group in reversed(self._groups):
            for one in group:
                getattr(one.server, "ask_to_stop", lambda: None)()
            for one in reversed(group):
                began = time.monotonic()
                one.server.stop()
                self.narrator.stopped(one.server.name, time.monotonic() - began)
        self._groups.clear()
        self.record.unlink(missing_ok=True)

    def _everyone(self) -> Iterator[_Watched]:
        for group in self._groups:
            yield from group

    def _look_after(self, one: _Watched, now: float) -> None:
        process = one.server.process
        if one.due is None and process is not None and (code := process.poll()) is not None:
            one.failures = 0 if one.hung or now - one.started_at > STEADY else one.failures + 1
            one.due = now + pause_after(one.failures)
            one.doubted_at, one.hung = None, False
            self.narrator.fell(one.server.name, code, one.due - now)
        if one.due is not None and one.due <= now:
            self._start_again(one, now)
        elif one.due is None:
            self._feel_pulse(one, now)

    def _feel_pulse(self, one: _Watched, now: float) -> None:
        """A child whose loop stands still (stopped, blocked, endless) says where it stands, if it can, and is ended. It then has fallen."""
        process, pulse = one.server.process, pulse_of(one.server)
        if process is None or pulse is None or one.hung:
            return
        silent = now - (pulse.last or one.started_at)
        if silent < (HUNG_SECONDS if pulse.last else START_SECONDS):
            one.doubted_at = None
        elif one.doubted_at is None:
            one.doubted_at = now
            process.send_signal(SAY_WHERE)
        elif now - one.doubted_at >= SURE_SECONDS:
            one.hung = True
            self.narrator.hung(one.server.name, silent)
            process.send_signal(signal.SIGKILL)

    def _start_again(self, one: _Watched, now: float) -> None:
        try:
            one.server.stop()
            one.server.launch()
        except EmbeddedError as error:
            one.failures += 1
            one.due = now + max(1.0, pause_after(one.failures))
            self.narrator.refused(one.server.name, error)
            return
        one.started_at, one.due = now, None
        self._write_record()

    def _write_record(self) -> None:
        processes = {one.server.name: one.server.process.pid for one in self._everyone() if one.server.process is not None}
        content = json.dumps({"supervisor": os.getpid(), **self.facts, "processes": processes}, indent=2)
        write_whole(self.record, content)


def pulse_of(server: Server) -> Pulse | None:
    found: Pulse | None = getattr(server, "pulse", None)
    return found


def pause_after(failures: int) -> float:
    """Seconds to wait before the next start: none after the first fall, then doubling."""
    return 0.0 if failures <= 1 else min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (failures - 2))


@contextmanager
def interruptible() -> Iterator[None]:
    """Within, the first SIGTERM, SIGINT or SIGHUP raises Interrupted in the main thread; later ones are ignored: we are stopping."""

    def stop(_: int, __: FrameType | None) -> None:
        for signum in STOP_SIGNALS:
            signal.signal(signum, signal.SIG_IGN)
        raise Interrupted

    before = {signum: signal.signal(signum, stop) for signum in STOP_SIGNALS}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


@contextmanager
def _wake_on_child(selector: selectors.BaseSelector) -> Iterator[None]:
    """Let the selector wake when a child ends (SIGCHLD through a wake-up descriptor), so that nobody polls."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    before_fd = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    before = signal.signal(signal.SIGCHLD, lambda *_: None)
    selector.register(ours.fileno(), selectors.EVENT_READ, None)
    try:
        yield
    finally:
        selector.unregister(ours.fileno())
        signal.set_wakeup_fd(before_fd)
        signal.signal(signal.SIGCHLD, before)
        ours.close()
        theirs.close()
