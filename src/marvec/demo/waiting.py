"""Waiting with a deadline: never a fixed sleep."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from marvec.demo.errors import Off

PATIENCE = 60.0  # seconds until something is off
PAUSE = 0.03

Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found | None]], what: str, seconds: float = PATIENCE) -> Found:
    """Ask again and again until the answer is not None. Raises `Off` when the time is over."""
    end_at = time.monotonic() + seconds
    while True:
        found = await look()
        if found is not None:
            return found
        if time.monotonic() > end_at:
            raise Off(f"{what}: not within {seconds:.0f} s")
        await asyncio.sleep(PAUSE)
