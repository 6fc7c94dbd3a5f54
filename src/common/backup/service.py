"""Telling how the backups stand."""

from datetime import datetime

from common import clock
from common.backup import queries
from common.backup.catalog import Base
from common.backup.models import BackupStatus
from common.db import unit_of_work


async def tell(*, base: Base | None = None, reach: datetime | None = None, error: str | None = None) -> None:
    """Write down what is new; what is not given stays. An `error` of "" is over; one that goes on keeps the moment it began."""
    async with unit_of_work() as session:
        status = await queries.status_for_update(session)
        if status is None:
            status = BackupStatus()
            session.add(status)
        if base is not None:
            status.base_at, status.base_bytes = base.ended_at, base.stored
        status.reach_at = reach or status.reach_at
        if error is not None:
            status.error_at = (status.error_at or clock.now()) if error else None
            status.error = error
        status.told_at = clock.now()
