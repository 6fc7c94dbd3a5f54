"""Children that never outlive us, and the ordinary user that root lends them (PostgreSQL refuses to be root)."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from common.embedded import watchdog

PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user a server runs as. `None` from `servant()` means: as ourselves."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def servant() -> Account | None:
    """`nobody` when we are root, else nobody at all: the servers then run as the user who started us."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def die_with_parent(signum: int) -> Callable[[], None]:
    """A `preexec_fn` that asks the kernel for `signum` when the thread that starts the child ends (Linux; elsewhere does nothing).

    It runs after the change of user, which would clear it, and touches no lock: one prctl and one getppid.
    """
    parent = os.getpid()

    def set_death_signal() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return set_death_signal


def spawn(
    command: Iterable[str | Path],
    *,
    account: Account | None = None,
    death_signal: int = signal.SIGKILL,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    output: int | IO[bytes] = subprocess.DEVNULL,
    errors: int | IO[bytes] = subprocess.STDOUT,
    keep_fds: Iterable[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child that gets `death_signal` when we die. Call it from a thread that lives as long as the child should.

    The child is alone in its process group, so that Ctrl-C in the terminal reaches only us and we stop things in order.
    """
    process = subprocess.Popen(  # noqa: S603 - our own binaries with our own arguments
        [str(word) for word in command],
        stdin=stdin,
        stdout=output,
        stderr=errors,
        env=None if env is None else dict(env),
        cwd=cwd,
        process_group=0,
        pass_fds=tuple(keep_fds),
        preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509 - see die_with_parent
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )
    if _LIBC is None:
        watchdog.mind(process.pid, death_signal)
    return process


class Process(Protocol):
    """What we need of `subprocess.Popen`; a forked child has it as well (`programs.ForkedProcess`)."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def send_signal(self, sig: int, /) -> None: ...


def end(process: Process, signals: Iterable[tuple[int, float]], meanwhile: Callable[[], None] = lambda: None) -> None:
    """Send each signal in turn and give the process its seconds, then SIGKILL. A process that has ended is no error."""
    for signum, seconds in (*signals, (signal.SIGKILL, 60.0)):
        if process.poll() is None:
            process.send_signal(signum)
            wait_until(lambda: process.poll() is not None, seconds, meanwhile=meanwhile)
    watchdog.forget(process.pid)


def free_port() -> int:
    """A TCP port on the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(path: Path) -> bool:
    """Whether a stranger may walk to `path`: every directory above it can be searched by others."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def wait_until(ready: Callable[[], bool], seconds: float, *, pause: float = 0.005, meanwhile: Callable[[], None] = lambda: None) -> bool:
    """Poll `ready` until it is true (True) or the time is over (False)."""
    end_at = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end_at:
            return False
        meanwhile()
        time.sleep(pause)
    return True
