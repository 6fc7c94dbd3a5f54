"""What Prometheus reads of the promises: how many citizens wait longer than they were told."""

from civic.promises import queries
from common.db import unit_of_work
from common.metrics import asked, shared_gauge

LATE = shared_gauge("marvec_promises_late", "Running promises whose day has passed")


@asked(seconds=30)
async def late() -> None:
    async with unit_of_work() as session:
        LATE.set(await queries.count_late(session))
