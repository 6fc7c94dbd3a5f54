"""The look at entries from before births were compared."""

from civic.registry import service
from common.db import unit_of_work
from common.jobs import every


@every("registry.name_old_entries", seconds=300)
async def name_old_entries() -> None:
    async with unit_of_work() as session:
        await service.name_old_entries(session)
