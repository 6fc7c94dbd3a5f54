"""How fast somebody may go on: a burst at once, then so many a second. Kept in the process, so that asking costs nothing; with several
processes a person has as many times as much, which is still no flood.
"""

import time
from collections.abc import Hashable
from dataclasses import dataclass

from common.settings import get_settings

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Pace:
    burst: float
    a_second: float


class Pacer:
    """Leaky buckets by name (GCRA): of each only the moment is kept at which it will be empty again."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._empty_at: dict[Hashable, float] = {}

    def take(self, who: Hashable, now: float | None = None) -> float:
        """Count one. 0.0: go on; otherwise refused, and the seconds until the next one."""
        now = time.monotonic() if now is None else now
        factor = get_settings().pace
        step, room = 1 / (self._pace.a_second * factor), self._pace.burst / self._pace.a_second
        empty_at = max(self._empty_at.get(who, now), now) + step
        if empty_at - now > room:
            return empty_at - now - room
        if len(self._empty_at) >= MOST_REMEMBERED:
            self._empty_at = {name: moment for name, moment in self._empty_at.items() if moment > now}
        self._empty_at[who] = empty_at
        return 0.0
