"""The worker process: carries outbox rows from the queue to their jobs, and keeps the timers."""

import asyncio
import signal
from typing import Any, cast
from uuid import UUID

import structlog
from arq.worker import Worker, func

from common import jobs, queue
from common.db import close_database, open_database
from common.settings import Settings, get_settings
from marvec import site

log = structlog.get_logger(__name__)


async def run_outbox_row(_: dict[Any, Any], row_id: str) -> None:
    await jobs.run_row(UUID(row_id))


def run() -> None:
    """Work until SIGTERM or SIGINT; jobs under way get the time to end."""
    site.load_models()
    site.load_jobs()
    jobs.every("outbox.sweep", seconds=2)(jobs.sweep)
    jobs.every("outbox.forget", seconds=3600)(jobs.forget_done)
    asyncio.run(_work())


async def _work() -> None:
    settings = get_settings()
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
        await queue.close_queue()
        await close_database()


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
    """Keep an arq worker alive; when Redis is away the sweep's work waits, and the next try comes in two seconds."""
    settings = get_settings()
    while not stopping.is_set():
        worker = carrier(settings)
        task = asyncio.create_task(worker.async_run())
        await asyncio.wait([task, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
        if task.done() and (error := task.exception()):
            log.warning("carrier_lost", error=type(error).__name__)
            await asyncio.sleep(2)
            continue
        await _close(worker)


async def _close(worker: Worker) -> None:
    """Let jobs under way end, then shut the carrier."""
    worker.allow_pick_jobs = False
    if worker.tasks:
        await asyncio.wait(worker.tasks.values(), timeout=20)
    if worker.main_task is not None:
        worker.main_task.cancel()
    await worker.close()
