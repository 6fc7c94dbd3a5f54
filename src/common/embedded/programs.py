"""Our own programs as children, executed or forked; what they say is printed line by line behind their name.

No threads: the supervisor forks, and a fork takes the locks of other threads with it but not the threads that would release them.
"""

import ctypes
import faulthandler
import gc
import os
import selectors
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from common.embedded.outlet import Outlet
from common.embedded.processes import Process, die_with_parent, end, spawn
from common.embedded.pulse import Pulse

SAY_WHERE = signal.SIGUSR2  # to a fork: write to the log where you stand
READER_PAUSE = 0.2  # seconds until a reader who stalled is tried again
PR_SET_NAME = 15  # prctl(2): what `ps` and `top` call it, 15 bytes


class Output:
    """Reads what the children say. `pump` must be called often enough: a full pipe holds its child up."""

    def __init__(self, outlet: Outlet | None = None) -> None:
        self.selector = selectors.DefaultSelector()
        self.outlet = outlet or Outlet()

    def add(self, fd: int, name: str) -> None:
        os.set_blocking(fd, False)
        self.selector.register(fd, selectors.EVENT_READ, (name, bytearray()))

    def pump(self, seconds: float = 0.0) -> None:
        """Wait up to `seconds` for words (or a wake-up), print whole lines."""
        self.outlet.flush()
        for key, _ in self.selector.select(min(seconds, READER_PAUSE) if self.outlet.waits else seconds):
            if key.data is None:  # the wake-up of a signal
                os.read(key.fd, 4096)
            elif not (read := os.read(key.fd, 65536)):
                self.selector.unregister(key.fd)
                os.close(key.fd)
                name, held = key.data
                self._say_lines(name, held, b"\n" if held else b"")
            else:
                name, held = key.data
                self._say_lines(name, held, read)

    def _say_lines(self, name: str, held: bytearray, read: bytes) -> None:
        """Print the whole lines of `held + read`; the rest stays in `held`."""
        held += read
        *lines, rest = held.split(b"\n")
        held[:] = rest
        for line in lines:
            self.outlet.say(f"{name:>9} | {line.decode(errors='replace').rstrip()}\n")


class Child:
    """A child with output, watched by the supervisor. `begin` says how it comes to life."""

    def __init__(self, name: str, output: Output, patience: float) -> None:
        self.name = name
        self.process: Process | None = None
        self._output = output
        self._patience = patience
        self._was_asked = False

    def launch(self) -> None:
        """Start it. Call from the thread that lives as long as the child should."""
        self._was_asked = False
        theirs_to_read, theirs_to_write = os.pipe()
        try:
            self.process = self.begin(theirs_to_write)
        finally:
            os.close(theirs_to_write)
        self._output.add(theirs_to_read, self.name)

    def begin(self, output: int) -> Process:
        raise TypeError("a Child is either a Program or a Fork")

    def ask_to_stop(self) -> None:
        """SIGTERM without waiting, so that several drain at the same time."""
        if self.process is not None and self.process.poll() is None:
            self._was_asked = True
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """SIGTERM (once: to a web process a second one says not to wait for its visitors), `patience` seconds, SIGKILL. Stopping twice is
        no error."""
        if self.process is not None:
            asking = 0 if self._was_asked else signal.SIGTERM
            end(self.process, ((asking, self._patience),), meanwhile=self._output.pump)
            self._output.pump()
            self.process = None


class Program(Child):
    """A command."""

    def __init__(
        self,
        name: str,
        output: Output,
        command: Iterable[str | Path],
        env: Mapping[str, str],
        *,
        patience: float = 15.0,
        fd: int | None = None,
    ) -> None:
        super().__init__(name, output, patience)
        self._command, self._env, self._fds = list(command), dict(env), () if fd is None else (fd,)

    def begin(self, output: int) -> Process:
        return spawn(self._command, env=self._env, output=output, death_signal=signal.SIGKILL, keep_fds=self._fds)


class Fork(Child):
    """A copy of ourselves that runs `work`: all that we have imported is there at once, and its memory is shared.

    `pulse`: beaten by the work's loop; the supervisor replaces a child whose pulse stops.
    """

    def __init__(
        self, name: str, output: Output, work: Callable[[], object], *, patience: float = 15.0, pulse: Pulse | None = None
    ) -> None:
        super().__init__(name, output, patience)
        self._work = work
        self.pulse = pulse

    def begin(self, output: int) -> Process:
        if self.pulse is not None:
            self.pulse.still()
        gc.freeze()  # what stands now is never swept again, so its pages stay shared
        become_ours = die_with_parent(signal.SIGKILL)
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return ForkedProcess(pid)
        status = 1
        try:
            _settle(self.name, output)
            faulthandler.register(SAY_WHERE, file=2, all_threads=True)
            become_ours()
            status = _run(self._work)
        finally:
            os._exit(status)  # the parent's own stack is above us: nothing of it may run here


def _settle(name: str, output: int) -> None:
    """Give the copy a place of its own: process group, signals, output, name."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(signum, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 - ours to the end
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, f"marvec-{name}".encode()[:15], 0, 0, 0)


def _run(work: Callable[[], object]) -> int:
    """The exit status. Tracebacks go to the child's output."""
    try:
        work()
        return 0
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # the last frame of this process: whatever it is, it is told and ends here
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


class ForkedProcess:
    """The part of `subprocess.Popen` that we use, for a child that was forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, sig: int, /) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)
