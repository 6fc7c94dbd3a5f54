"""Timers of identity. Importing the service also registers its letters with the worker."""

from common.db import unit_of_work
from common.identity.service import codes, throttling, ways_back
from common.jobs import every


@every("identity.forget_throttles", seconds=3600)
async def forget_throttles() -> None:
    await throttling.forget_old()


@every("identity.forget_addresses", seconds=3600)
async def forget_addresses() -> None:
    """Those in codes and ways back that lead nowhere any more."""
    async with unit_of_work() as session:
        await codes.forget_old(session)
        await ways_back.forget_over(session)
