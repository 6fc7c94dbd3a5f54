"""Timers: counters follow the data, days end."""

from civic.queues import service
from common.db import unit_of_work
from common.jobs import every


@every("queues.sync_counters", seconds=3600)
async def sync_counters() -> None:
    async with unit_of_work() as session:
        await service.sync_counters(session)


@every("queues.close_days", seconds=300)
async def close_days() -> None:
    """Fifty queues a transaction, until none is left."""
    while True:
        async with unit_of_work() as session:
            if not await service.close_days(session):
                return
