"""How a forked child shows that its loop turns: a time in memory shared with the supervisor. Nothing is sent, so nothing can block."""

import asyncio
import mmap
import struct
import time

BEAT_SECONDS = 1.0
TIME = struct.Struct("d")


class Pulse:
    """Made before the fork. `last` is of the machine's monotonic clock, which all processes share; 0.0 before the first beat."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, TIME.size)

    @property
    def last(self) -> float:
        found: float = TIME.unpack_from(self._page)[0]
        return found

    def beat(self) -> None:
        TIME.pack_into(self._page, 0, time.monotonic())

    def still(self) -> None:
        """Before the next child: its predecessor's last beat is not its own."""
        TIME.pack_into(self._page, 0, 0.0)

    async def keep(self) -> None:
        """Beat as long as the loop turns, through its shutdown, too."""
        while True:
            self.beat()
            await asyncio.sleep(BEAT_SECONDS)
