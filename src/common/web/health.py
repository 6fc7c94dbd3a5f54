"""Is the process alive, can it serve, and is the schema the code's."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from common import servers
from common.db import hot
from common.errors import DomainError
from common.settings import get_settings

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations" / "versions"
PATIENCE = 2.0
"""Seconds that a check may take: a balancer asks every few seconds and wants a no rather than silence."""


class Draining:
    """Set once by the process's shutdown: `/readyz` then answers 503 and the balancer sends nobody any more."""

    def __init__(self) -> None:
        self.now = False

    def start(self) -> None:
        self.now = True


draining = Draining()


async def readiness() -> dict[str, str]:
    """Check -> `ok` or what is wrong, in one word; never a message that could hold an address."""
    checks: dict[str, Callable[[], Awaitable[str]]] = {"database": _database, "redis": _redis, "migrations": _migrations}
    found = await asyncio.gather(*(_within_patience(check) for check in checks.values()))
    return {**dict(zip(checks, found, strict=True)), "serving": "draining" if draining.now else "ok"}


def newest_revision() -> str:
    """The revision that the code expects: the number before the underscore of the last file; empty when run without the files."""
    names = sorted(path.name for path in MIGRATIONS.glob("[0-9]*_*.py")) if MIGRATIONS.is_dir() else []
    return names[-1].split("_")[0] if names else ""


async def _within_patience(check: Callable[[], Awaitable[str]]) -> str:
    try:
        return await asyncio.wait_for(check(), PATIENCE)
    except TimeoutError:
        return "timeout"
    except (OSError, RedisError, RuntimeError, asyncpg.PostgresError, asyncpg.InterfaceError, DomainError) as error:
        return type(error).__name__


async def _database() -> str:
    async with hot() as connection:
        await connection.fetchval("SELECT 1")
    return "ok"


async def _redis() -> str:
    async with servers.redis(get_settings().redis_url, Redis, socket_connect_timeout=PATIENCE) as redis:
        await redis.ping()
    return "ok"


async def _migrations() -> str:
    async with hot() as connection:
        applied = await connection.fetchval("SELECT version_num FROM alembic_version")
    expected = newest_revision()
    return "ok" if applied >= expected else "not_at_head"  # a newer schema only has more: while an upgrade goes on, we serve beside it
