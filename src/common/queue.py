"""The carrier of work: arq on Redis. It may lose everything; the truth about what is to do lives in the outbox."""

import time
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

import structlog
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from common import servers
from common.settings import Settings, get_settings

log = structlog.get_logger(__name__)
RUN = "run_outbox_row"  # the one arq function that there is
PAUSE_AFTER_FAILURE = 2.0  # seconds without a try, so that a dead Redis does not slow every request

_pool: ArqRedis | None = None
_holders = 0
_not_before = 0.0


def connect(settings: Settings) -> ArqRedis:
    """A client of Redis for arq; nothing is sent yet."""
    return servers.redis(settings.redis_url, ArqRedis, socket_connect_timeout=1, socket_keepalive=True)


async def open_queue(settings: Settings | None = None) -> None:
    """Be ready to push. A Redis that is away now is no error: the sweeper pushes later."""
    global _pool, _holders  # noqa: PLW0603  one carrier a process
    _holders += 1
    if _pool is None:
        _pool = connect(settings or get_settings())


async def close_queue() -> None:
    """The last of those who opened it shuts it."""
    global _pool, _holders  # noqa: PLW0603  see open_queue
    _holders = max(0, _holders - 1)
    if _pool is not None and not _holders:
        closing, _pool = _pool, None
        await closing.aclose()


async def push(row_ids: Iterable[UUID]) -> None:
    """Tell the workers of these rows; silent when Redis is away."""

    async def enqueue(pool: ArqRedis) -> None:
        for row_id in row_ids:
            await pool.enqueue_job(RUN, str(row_id), _job_id=str(row_id))

    await _try(enqueue)


async def publish(topic: str, message: bytes) -> None:
    """Send `message` to whoever listens to `topic` now; silent when Redis is away."""

    async def send(pool: ArqRedis) -> None:
        await pool.publish(topic, message)

    await _try(send)


async def _try(deed: Callable[[ArqRedis], Awaitable[None]]) -> None:
    global _pool, _not_before  # noqa: PLW0603  the pause is the process's
    if time.monotonic() < _not_before:
        return
    try:
        if _pool is None:
            _pool = connect(get_settings())
        await deed(_pool)
    except (RedisError, OSError) as error:
        _not_before = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("queue_push_failed", error=type(error).__name__)
