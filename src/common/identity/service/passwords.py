"""Passwords: argon2id (RFC 9106), never on the event loop, never more at once than the machine has hands for."""

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from common.identity.errors import WrongPassword
from common.identity.models import Person
from common.identity.service import throttling
from common.settings import get_settings

# OWASP's second recommendation (19 MiB, 2 passes, 1 lane): about 25 ms on one core. More lanes would buy nothing on two cores.
FULL = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
LOW = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
AT_ONCE = 4
_gates: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


async def hashed(password: str) -> str:
    """The password's argon2id string."""
    async with _gate():
        return await asyncio.to_thread(_hasher().hash, password)


async def fits(stored: str | None, password: str) -> bool:
    """Whether the password is right. Without a stored hash (no such account) the same work is done, and the answer is no."""
    async with _gate():
        right = await asyncio.to_thread(_verify, stored or _nobodys(_hasher()), password)
    return right and stored is not None


async def check_own(person: Person, password: str, *, by: str) -> None:
    """Somebody who is signed in says the password again, before a grave deed. `by`: the session, each of which has its own tries.

    Raises `WrongPassword`, `Throttled`.
    """
    name = f"{person.id} {by}"
    await throttling.count("password", name, throttling.SIGN_IN)
    if not await fits(person.password_hash, password):
        raise WrongPassword
    await throttling.forgive("password", name)


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's, and should be made anew at this sign-in."""
    return _hasher().check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    return FULL if get_settings().password_cost == "full" else LOW  # noqa: S105  no password


@lru_cache
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def _gate() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in _gates:
        _gates.clear()  # a semaphore belongs to its loop; a process has one, a test run has many
        _gates[loop] = asyncio.Semaphore(AT_ONCE)
    return _gates[loop]
