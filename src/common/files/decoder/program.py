"""A decoder's own program: `python -m common.files.decoder.program <pictures|papers> <pid of the parent> <bytes of memory>`.

It imports what its trade needs, gives up every right that it can, and answers one task after the other over the socket that is its file
descriptor 0.
"""

import ctypes
import importlib
import os
import pwd
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from common.files.decoder.protocol import Done, Refused, receive, send

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38  # prctl(2)
CPU_SECONDS = 10
WORN = 128 * 1024 * 1024  # bytes: who is still so large after a file is replaced, since freed memory does not go back


def main(trade: str, parent: int, memory: int) -> None:
    """Answer until the parent hangs up."""
    tasks: dict[str, Callable[..., Done]] = importlib.import_module(f"common.files.decoder.{trade}").TASKS
    warnings.simplefilter("ignore")  # nobody reads them: a file is taken or refused
    _give_up_rights(parent, memory)
    with socket.socket(fileno=0) as line, line.makefile("rb") as asked, line.makefile("wb") as answered:
        while message := receive(asked):
            head, parts = message
            send(answered, *_answer(tasks[head.pop("task")], parts[0], head["given"]))


def _answer(task: Callable[..., Done], data: bytes, given: dict[str, Any]) -> tuple[dict[str, Any], Sequence[bytes]]:
    _allow_seconds()
    try:
        done = task(data, **given)
        head, parts = done.facts, done.parts
    except Refused as refused:
        head, parts = {"refused": str(refused)}, ()
    except MemoryError:
        head, parts = {"refused": "too_complex"}, ()
    except Exception:  # whatever a library meets in a stranger's file, the file is what is wrong
        head, parts = {"refused": "unreadable"}, ()
    return head | {"worn": _memory() > WORN}, parts


def _memory() -> int:
    """Bytes that this process holds. The kernel's own maximum (ru_maxrss) would count what the parent had when it started us."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _allow_seconds() -> None:
    """So many seconds of the processor for the next task; whoever needs more is ended by the kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1, resource.RLIM_INFINITY))


def _give_up_rights(parent: int, memory: int) -> None:
    """An ordinary user with little memory, no files to write, last in line for the processor, who dies with the parent."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # after the change of user, which clears it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))  # elsewhere the kernel refuses it
    if os.getppid() != parent:
        sys.exit(1)
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    os.nice(5)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
