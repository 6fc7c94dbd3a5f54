"""Words to whoever reads them, without ever waiting for the reader.

A terminal that was paused, or a pipe that nobody empties, would otherwise stop the supervisor in the middle of a line, and then, pipe by
pipe, every child that has something to say: the city would stand still because nobody reads its log.
"""

import os
import select
import sys
from collections import deque

HELD_BYTES = 1_000_000  # kept for a reader that comes back; beyond that the oldest words go
AT_ONCE = select.PIPE_BUF  # what a descriptor that is ready takes without blocking


class Outlet:
    """Whole texts go in, in order; a text that had to go is counted, and the count is said in its place."""

    def __init__(self, fd: int | None = None) -> None:
        self._fd = fd
        self._held: deque[bytes] = deque()
        self._size = 0
        self._lost = 0
        self._closed = False

    @property
    def waits(self) -> bool:
        """Something is held for a reader who does not read."""
        return bool(self._held) and not self._closed

    def say(self, text: str) -> None:
        if self._closed:
            return
        self._held.append(text.encode(errors="replace"))
        self._size += len(self._held[-1])
        while self._size > HELD_BYTES and len(self._held) > 1:
            self._size -= len(self._held.popleft())
            self._lost += 1
        self.flush()

    def flush(self) -> None:
        """Write as much as is taken now."""
        if self._closed:
            return
        sys.stdout.flush()  # what was printed before us stays before us
        fd = sys.stdout.fileno() if self._fd is None else self._fd
        while self._held and select.select([], [fd], [], 0)[1]:
            if self._lost:
                self._return(f"\n... {self._lost} lines were not read in time and are gone\n".encode())
                self._lost = 0
            if not self._write(fd, self._held.popleft()):
                return

    def _write(self, fd: int, words: bytes) -> bool:
        """False when the reader is gone: the city goes on."""
        self._size -= len(words)
        try:
            written = os.write(fd, words[:AT_ONCE])
        except BlockingIOError:
            written = 0
        except OSError:
            self._closed = True
            return False
        if written < len(words):
            self._return(words[written:])
        return True

    def _return(self, words: bytes) -> None:
        self._held.appendleft(words)
        self._size += len(words)
