"""Timers of identity. Importing the service also registers its letters with the worker."""

from common.identity.service import throttling
from common.jobs import every


@every("identity.forget_throttles", seconds=3600)
async def forget_throttles() -> None:
    await throttling.forget_old()
