"""What Prometheus reads of the backups, so that an alarm can be set: seconds since a full copy, and since the city was last followed."""

from datetime import datetime

from common import clock
from common.backup import queries
from common.db import unit_of_work
from common.metrics import asked, shared_gauge

BASE_AGE = shared_gauge("marvec_backup_base_age_seconds", "Seconds since the newest full copy of the database")
REACH_AGE = shared_gauge("marvec_backup_reach_age_seconds", "Seconds of work that a restore to the newest moment would miss")
FAILING = shared_gauge("marvec_backup_failing", "1 while something stands in the way of the backups")
NEVER = float("inf")


@asked()
async def backups() -> None:
    """Infinite while there is none: an alarm on age then rings, too."""
    async with unit_of_work() as session:
        status = await queries.status(session)
    BASE_AGE.set(_age(status.base_at if status else None))
    REACH_AGE.set(_age((status.reach_at or status.base_at) if status else None))
    FAILING.set(1 if status and status.error else 0)


def _age(since: datetime | None) -> float:
    return (clock.now() - since).total_seconds() if since else NEVER
