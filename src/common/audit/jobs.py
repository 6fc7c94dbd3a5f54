"""The sealing of the trail."""

from common.audit import service
from common.db import unit_of_work
from common.jobs import every


@every("audit.seal", seconds=2)
async def seal() -> None:
    """Seal all that waits, a batch a transaction."""
    while True:
        async with unit_of_work() as session:
            if not await service.seal(session):
                return
