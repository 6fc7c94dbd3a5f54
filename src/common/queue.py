"""The carrier of work: arq on Redis. It may lose everything; the truth about what is to do lives in the outbox.

Nobody waits for it: what is pushed or published goes into a line that one task carries to Redis, each errand within LIMIT seconds. A Redis
that is away, or hangs, costs what waits in the line, which the sweeps make good.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from common import servers
from common.settings import Settings, get_settings

log = structlog.get_logger(__name__)
RUN = "run_outbox_row"  # the one arq function that there is
LIMIT = 0.5  # seconds that a call of Redis may take: a killed one answers at once, a hung one never
LIMITS: dict[str, Any] = {"socket_timeout": LIMIT, "socket_connect_timeout": LIMIT, "socket_keepalive": True}
AWAY = (RedisError, OSError, TimeoutError)
PAUSE_AFTER_FAILURE = 2.0  # seconds without a try
MOST_WAITING = 10_000  # errands; the oldest go first
Errand = Callable[[ArqRedis], Awaitable[object]]

_pool: ArqRedis | None = None
_holders = 0
_not_before = 0.0
_waiting: deque[Errand] = deque(maxlen=MOST_WAITING)
_carrying: asyncio.Task[None] | None = None


def connect(settings: Settings) -> ArqRedis:
    """A client of Redis whose every call has its limit; nothing is sent yet."""
    return servers.redis(settings.redis_url, ArqRedis, **LIMITS)


async def open_queue(settings: Settings | None = None) -> None:
    """Be ready to push. A Redis that is away now is no error: the sweeper pushes later."""
    global _pool, _holders  # noqa: PLW0603  one carrier a process
    _holders += 1
    if _pool is None:
        _pool = connect(settings or get_settings())


async def close_queue() -> None:
    """The last of those who opened it shuts it; what still waits gets its moment."""
    global _pool, _holders  # noqa: PLW0603  see open_queue
    _holders = max(0, _holders - 1)
    if _pool is None or _holders:
        return
    if _carrying is not None and not _carrying.done():
        await asyncio.wait([_carrying], timeout=LIMIT)
        _carrying.cancel()
        await asyncio.gather(_carrying, return_exceptions=True)
    closing, _pool = _pool, None
    await closing.aclose()


async def push(row_ids: Iterable[UUID]) -> None:
    """Tell the workers of these rows, soon; silent when Redis is away."""
    _send(*(partial(_enqueue, row_id) for row_id in row_ids))


async def publish(topic: str, message: bytes) -> None:
    """Send `message` to whoever listens to `topic` now, soon; silent when Redis is away."""
    _send(partial(_publish, topic, message))


async def _enqueue(row_id: UUID, pool: ArqRedis) -> None:
    await pool.enqueue_job(RUN, str(row_id), _job_id=str(row_id))


async def _publish(topic: str, message: bytes, pool: ArqRedis) -> None:
    await pool.publish(topic, message)


def _send(*errands: Errand) -> None:
    global _carrying  # noqa: PLW0603  one line a process
    if time.monotonic() < _not_before:
        return
    _waiting.extend(errands)
    if _carrying is None or _carrying.done():
        _carrying = asyncio.get_running_loop().create_task(_carry())


async def _carry() -> None:
    """One errand after the other, until none waits or one fails."""
    global _pool, _not_before  # noqa: PLW0603  the pause is the process's
    try:
        while _waiting:
            if _pool is None:
                _pool = connect(get_settings())
            async with asyncio.timeout(LIMIT):
                await _waiting.popleft()(_pool)
    except AWAY as error:
        _waiting.clear()
        _not_before = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("queue_push_failed", error=type(error).__name__)
