"""For systems without a death signal (macOS): a small process that outlives the supervisor by a moment and ends what it left.

It reads lines `<signal> <pid>` from a pipe (signal 0: that one has ended, forget it). The pipe ends when the supervisor does,
however that dies; then each pid gets its signal.
"""

import contextlib
import os
import subprocess
import sys
from typing import IO

_pipe: IO[bytes] | None = None


def mind(pid: int, signum: int) -> None:
    """Tell the watchdog of a child, starting the watchdog with the first one."""
    global _pipe  # noqa: PLW0603 - one watchdog a process
    if _pipe is None:
        words = [sys.executable, "-S", __file__]
        dog = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        _pipe = dog.stdin
    assert _pipe is not None
    _pipe.write(f"{signum} {pid}\n".encode())
    _pipe.flush()


def forget(pid: int) -> None:
    """The child has ended; its number may be somebody else's by tomorrow."""
    if _pipe is not None:
        mind(pid, 0)


def watch(lines: IO[str]) -> None:
    """Until the pipe ends; then signal every child that is still minded."""
    minded: dict[int, int] = {}
    for line in lines:
        signum, pid = map(int, line.split())
        minded[pid] = signum
    for pid, signum in minded.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


if __name__ == "__main__":
    watch(sys.stdin)
