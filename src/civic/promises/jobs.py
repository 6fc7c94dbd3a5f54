"""The look at the clocks: who stands next on the ladder of a late promise hears of it."""

from civic.promises import service
from civic.promises.ladder import Rung
from common.db import unit_of_work
from common.jobs import every


@every("promises.tell_broken", seconds=60)
async def tell_broken() -> None:
    """Each rung in a transaction of its own: one that fails does not hold the others back."""
    async with unit_of_work() as session:
        await service.tell_soon(session)
    async with unit_of_work() as session:
        await service.tell_broken(session)
    for rung in Rung:
        async with unit_of_work() as session:
            await service.climb(session, rung)
