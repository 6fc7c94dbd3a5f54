"""The worker process: carries outbox rows from the queue to their jobs, and keeps the timers."""

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import structlog
from arq.worker import Worker, func

from common import jobs, logs, metrics, queue, tracing
from common.db import close_database, open_database
from common.files.decoder.pool import close_decoders
from common.settings import Settings, get_settings
from marvec import site

if TYPE_CHECKING:
    from common.embedded.pulse import Pulse

log = structlog.get_logger(__name__)
ROWS_WITHOUT_REDIS = 10  # at once


async def run_outbox_row(_: dict[Any, Any], row_id: str) -> None:
    await jobs.run_row(UUID(row_id))


def run(pulse: "Pulse | None" = None) -> None:
    """Work until SIGTERM or SIGINT; jobs under way get the time to end. The loop beats the `pulse`."""
    site.load_models()
    site.load_jobs()
    site.load_gauges()
    logs.configure(get_settings())
    jobs.every("outbox.sweep", seconds=2)(jobs.sweep)
    jobs.every("outbox.forget", seconds=3600)(jobs.forget_done)
    asyncio.run(_work(pulse))


async def _work(pulse: "Pulse | None") -> None:
    settings = get_settings()
    tracing.start(settings, "marvec-worker")
    beating = [asyncio.create_task(metrics.beat("worker")), *([asyncio.create_task(pulse.keep())] if pulse else [])]
    await open_database(settings)
    await queue.open_queue(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    room = asyncio.Semaphore(max(1, settings.database_pool // 3))
    timers = [asyncio.create_task(jobs.keep_timer(timer, stopping, room)) for timer in jobs.TIMERS.values()]
    carrier = asyncio.create_task(_carry(stopping))
    log.info("worker_ready", jobs=len(jobs.JOBS), timers=len(timers))
    try:
        await stopping.wait()
    finally:
        await asyncio.gather(carrier, *timers, return_exceptions=True)
        for task in beating:
            task.cancel()
        await close_decoders()
        await queue.close_queue()
        await close_database()
        await tracing.stop()


def carrier(settings: Settings) -> Worker:
    """arq's own worker, not begun yet."""
    found = Worker(
        functions=[func(cast(Any, run_outbox_row), name=queue.RUN, keep_result=0, max_tries=1)],
        redis_pool=queue.connect(settings),
        max_jobs=settings.worker_jobs,
        poll_delay=0.02,
        job_timeout=80,
        handle_signals=False,
        keep_result=0,
        job_completion_wait=20,
    )
    # arq takes nobody for dead before this is over, and keeps the row from all others; by itself it would wait for 90 seconds
    found.in_progress_timeout_s = jobs.LEASE.total_seconds()
    return found


async def _carry(stopping: asyncio.Event) -> None:
    """Keep an arq worker alive. While Redis is away, or hangs, due rows are run without it; the next try comes two seconds later."""
    settings = get_settings()
    under_way: set[asyncio.Task[Any]] = set()
    while not stopping.is_set():
        worker = carrier(settings)
        task = asyncio.create_task(worker.async_run())
        await asyncio.wait([task, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
        if task.done() and (error := task.exception()):
            log.warning("carrier_lost", error=type(error).__name__)
            under_way = {job for job in (*under_way, *worker.tasks.values()) if not job.done()}
            await worker.pool.aclose()
            await _work_without(stopping)
            continue
        await _close(worker)


async def _work_without(stopping: asyncio.Event) -> None:
    """What is due, read from the outbox itself, for two seconds or as long as it takes."""
    next_try = asyncio.get_running_loop().time() + 2
    try:
        while not stopping.is_set() and (rows := await jobs.due_rows(ROWS_WITHOUT_REDIS)):
            await asyncio.gather(*map(jobs.run_row, rows))
            if asyncio.get_running_loop().time() > next_try:
                return
    except Exception as error:  # the database may be away as well; the next round must come
        log.warning("worked_without_redis", error=type(error).__name__)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), 2)


async def _close(worker: Worker) -> None:
    """Let jobs under way end, then shut the carrier."""
    worker.allow_pick_jobs = False
    if worker.tasks:
        await asyncio.wait(worker.tasks.values(), timeout=20)
    if worker.main_task is not None:
        worker.main_task.cancel()
    await worker.close()
