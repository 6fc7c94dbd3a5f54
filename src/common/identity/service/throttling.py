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
    leaks: bool = False
    """Whether tries are forgotten one by one, evenly over the window: for a place that many people share, and that is never quiet."""


# Who guesses is shut out where he guesses from. An account counts all strangers together, too, at a slower pace, for who guesses from many
# places; a device that it has signed in with before has tries of its own.
SIGN_IN = Pace(free=5, wait=30, longest=3600, window=86400)
SIGN_IN_OF_STRANGERS = Pace(free=50, wait=30, longest=3600, window=86400)
SIGN_INS_OF_DEVICE = Pace(free=30, wait=30, longest=900, window=3600, leaks=True)
SIGN_INS_OF_PROGRAM = Pace(free=350, wait=30, longest=900, window=3600, leaks=True)
SIGN_INS_OF_NETWORK = Pace(free=600, wait=30, longest=900, window=3600, leaks=True)
CODE = Pace(free=3, wait=60, longest=3600, window=3600)
CODES_TO_ADDRESS = Pace(free=20, wait=60, longest=3600, window=3600, leaks=True)
CODES_OF_NETWORK = Pace(free=600, wait=60, longest=3600, window=3600, leaks=True)
CODES_OF_DEVICE = Pace(free=30, wait=60, longest=3600, window=3600)
# A campus or a carrier's NAT is one network of many people: it gets room for them, and each device and each address its own few tries.
SIGN_UPS_OF_NETWORK = Pace(free=600, wait=30, longest=900, window=3600, leaks=True)
SIGN_UPS_OF_DEVICE = Pace(free=20, wait=60, longest=3600, window=3600)
SIGN_UPS_OF_PROGRAM = Pace(free=350, wait=30, longest=900, window=3600, leaks=True)
SIGN_UPS_OF_ADDRESS = Pace(free=10, wait=60, longest=3600, window=3600)
CHALLENGES = Pace(free=30, wait=30, longest=900, window=3600, leaks=True)
CHALLENGES_OF_NETWORK = Pace(free=600, wait=30, longest=900, window=3600, leaks=True)
SECOND_FACTOR = Pace(free=5, wait=30, longest=3600, window=86400)

# A free try blocks nobody, not even until its own moment: two tries at once may arrive in the other order than their clocks say.
COUNT = """
INSERT INTO throttle AS t (key, tries, last_at, blocked_until) VALUES ($1, 1, $2, '-infinity')
ON CONFLICT (key) DO UPDATE SET
    tries = CASE WHEN t.last_at < $2 - make_interval(secs => $6) THEN 1 ELSE LEFT_OF + 1 END,
    last_at = $2,
    blocked_until = CASE WHEN t.last_at < $2 - make_interval(secs => $6) OR LEFT_OF + 1 < $3 THEN '-infinity'
        ELSE $2 + make_interval(secs => least($4 * power(2, least(LEFT_OF + 1 - $3, 20)), $5)) END
WHERE t.blocked_until <= $2
RETURNING tries
"""
LEFT_OF = "greatest(0, t.tries - floor(extract(epoch FROM $2 - t.last_at) * $7)::integer)"
"""The tries that still count, `$7` of them forgotten each second."""
COUNT = COUNT.replace("LEFT_OF", LEFT_OF)
GIVE_BACK = "UPDATE throttle SET tries = greatest(tries - 1, 0), blocked_until = '-infinity' WHERE key = $1"


async def count(kind: str, name: str, pace: Pace) -> None:
    """Count one try, or raise `Throttled(seconds=...)` when it comes too early. A refused try is not counted."""
    now, key, leak = clock.now(), _key(kind, name), pace.free / pace.window if pace.leaks else 0.0
    async with hot() as connection:
        row = await connection.fetchrow(COUNT, key, now, pace.free, float(pace.wait), float(pace.longest), float(pace.window), leak)
        if row is not None:
            return
        until = await connection.fetchval("SELECT blocked_until FROM throttle WHERE key = $1", key)
    raise Throttled(seconds=max(1, round((until - now).total_seconds())) if until else 1)


async def count_sign_up(network: str, device: str, program: str, address: str) -> None:
    """One sign-up from a network, by a browser that has a cookie of ours (`device`) or by a `program` without one. The tightest first, so
    that who is refused there takes nothing from the neighbours."""
    await count("sign-up-address", address, SIGN_UPS_OF_ADDRESS)
    if not network:
        return
    if device:
        await count("sign-up-device", device, SIGN_UPS_OF_DEVICE)
    await count("sign-up-program", f"{network} {program}", SIGN_UPS_OF_PROGRAM)
    await count("sign-up", network, SIGN_UPS_OF_NETWORK)


async def count_sign_in(network: str, device: str, program: str, address: str) -> list[tuple[str, str]]:
    """One try of a stranger at the account behind `address`. -> what was counted, to be given back when the try was right."""
    counted = [("account-here", f"{address} {network}", SIGN_IN), ("account", address, SIGN_IN_OF_STRANGERS)]
    if device:
        counted.append(("sign-in-device", device, SIGN_INS_OF_DEVICE))
    elif network:
        counted.append(("sign-in-program", f"{network} {program}", SIGN_INS_OF_PROGRAM))
    if network:
        counted.append(("network", network, SIGN_INS_OF_NETWORK))
    for kind, name, pace in counted:  # the tightest first, as above
        await count(kind, name, pace)
    return [(kind, name) for kind, name, _ in counted]


async def forgive(kind: str, name: str) -> None:
    """The try was right: the account starts anew."""
    async with hot() as connection:
        await connection.execute("DELETE FROM throttle WHERE key = $1", _key(kind, name))


async def forgive_sign_in(address: str, network: str) -> None:
    """The owner has shown to be one, from this network."""
    await forgive("account", address)
    await forgive("account-here", f"{address} {network}")


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
