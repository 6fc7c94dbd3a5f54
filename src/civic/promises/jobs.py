"""The look at the clocks."""

from civic.promises import service
from common.db import unit_of_work
from common.jobs import every


@every("promises.tell_broken", seconds=60)
async def tell_broken() -> None:
    async with unit_of_work() as session:
        await service.tell_broken(session)
