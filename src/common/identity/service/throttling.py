"""Slowing down who guesses. A try is counted before it is judged, in its own commit: a hundred tries at once are a hundred tries,
and the refusal that rolls the request back does not take the count along.
"""

from dataclasses import dataclass
from datetime import timedelta

from common import clock
from common.db import hot
from common.identity.errors import Throttled
from common.sealing import keyed_hash
from common.settings import get_settings


@dataclass(frozen=True)
class Pace:
    """`free` tries within `window` seconds cost nothing; then one waits `wait` seconds, doubled each time, at most `longest`."""

    free: int
    wait: int
    longest: int
    window: int


SIGN_IN = Pace(free=5, wait=30, longest=3600, window=86400)
NETWORK = Pace(free=30, wait=30, longest=900, window=3600)
CODE = Pace(free=3, wait=60, longest=3600, window=3600)
CODES_OF_NETWORK = Pace(free=30, wait=60, longest=3600, window=3600)
SECOND_FACTOR = Pace(free=5, wait=30, longest=3600, window=86400)

# A free try blocks nobody, not even until its own moment: two tries at once may arrive in the other order than their clocks say.
COUNT = """
INSERT INTO throttle AS t (key, tries, last_at, blocked_until) VALUES ($1, 1, $2, '-infinity')
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN t.last_at < $2 - make_interval(secs => $6) THEN 1 ELSE t.tries + 1 END,
    last_at = $2,
    blocked_until = CASE WHEN t.last_at < $2 - make_interval(secs => $6) OR t.tries + 1 < $3 THEN '-infinity'
        ELSE $2 + make_interval(secs => least($4 * power(2, least(t.tries + 1 - $3, 20)), $5)) END
WHERE t.blocked_until <= $2
RETURNING tries
"""
GIVE_BACK = "UPDATE throttle SET tries = greatest(tries - 1, 0), blocked_until = '-infinity' WHERE key = $1"


async def count(kind: str, name: str, pace: Pace) -> None:
    """Count one try, or raise `Throttled(seconds=...)` when it comes too early. A refused try is not counted."""
    now, key = clock.now(), _key(kind, name)
    async with hot() as connection:
        row = await connection.fetchrow(COUNT, key, now, pace.free, float(pace.wait), float(pace.longest), float(pace.window))
        if row is not None:
            return
        until = await connection.fetchval("SELECT blocked_until FROM throttle WHERE key = $1", key)
    raise Throttled(seconds=max(1, round((until - now).total_seconds())) if until else 1)


async def forgive(kind: str, name: str) -> None:
    """The try was right: the account starts anew."""
    async with hot() as connection:
        await connection.execute("DELETE FROM throttle WHERE key = $1", _key(kind, name))


async def give_back(kind: str, name: str) -> None:
    """The try was right: one less for this network, whose other tries stay counted."""
    async with hot() as connection:
        await connection.execute(GIVE_BACK, _key(kind, name))


async def forget_old() -> None:
    """Rows that slow nobody down any more."""
    async with hot() as connection:
        await connection.execute("DELETE FROM throttle WHERE last_at < $1", clock.now() - timedelta(days=2))


def _key(kind: str, name: str) -> bytes:
    return keyed_hash(get_settings().secret_key.get_secret_value(), f"{kind}:{name.casefold()}", purpose="throttle")
