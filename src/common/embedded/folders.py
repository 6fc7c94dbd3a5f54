"""A server's own folder: who owns it, who holds it, and how a servant reaches it below a home that is closed to him."""

import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.embedded.errors import AlreadyRunning, DiskFull, EmbeddedError, NotWritable
from common.embedded.processes import Account, reachable

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_ENTRY = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


@contextmanager
def plain_words(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal into one of our own lines."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise DiskFull(f"no space left on the disk of {path}: free some, then start again", path=path) from error
        if error.errno in NO_ENTRY:
            raise NotWritable(f"cannot write to {path}: {os.strerror(error.errno)}", path=path) from error
        raise EmbeddedError(f"{path}: {error.strerror or error}") from error


def make_private(folder: Path, account: Account | None = None) -> None:
    """Make `folder` (0700) and give it to `account`; prove that it can be written to."""
    with plain_words(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
        if account is not None:
            account.own(folder)


def write_whole(file: Path, text: str) -> None:
    """Write a file for its owner only (0600), beside and then renamed: a full disk or a kill leaves no half file."""
    draft = file.with_name(file.name + ".new")
    with plain_words(file.parent):
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)


_held: "set[Hold]" = set()


class Hold:
    """An exclusive claim on a folder, kept as a lock on `<folder>/lock`. The kernel lets go of it when we die, however we die.

    A forked child shares the open file and with it the lock, so it closes its copy at once (below).
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "lock"
        self._fd = -1

    def take(self, message: str) -> None:
        """Raises AlreadyRunning(message) when another process (or another holder in this one) has it."""
        with plain_words(self._file.parent):
            fd = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(fd)
            raise AlreadyRunning(message, path=self._file.parent) from error
        self._fd = fd
        _held.add(self)

    def release(self) -> None:
        if self._fd >= 0:
            _held.discard(self)
            os.close(self._fd)
            self._fd = -1


def _release_all() -> None:
    for hold in tuple(_held):
        hold.release()


os.register_at_fork(after_in_child=_release_all)


class Doorway:
    """How a servant names a folder. Below a closed home (0700) he cannot walk to it, but an open descriptor handed to him is a
    door: /proc/self/fd/N/... is resolved from the descriptor, not from the root (proc(5)), so nothing has to be opened up for him.
    """

    def __init__(self, folder: Path, account: Account | None) -> None:
        self._fd = -1
        self.path = folder.resolve()
        if account is not None and sys.platform == "linux" and not reachable(self.path):
            self._fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            self.path = Path(f"/proc/self/fd/{self._fd}")

    @property
    def fds(self) -> tuple[int, ...]:
        return (self._fd,) if self._fd >= 0 else ()

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
