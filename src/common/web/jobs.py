"""Sweeps of the web room."""

from common.jobs import every
from common.web import idempotency


@every("web.forget_idempotency_keys", seconds=3600)
async def forget_idempotency_keys() -> None:
    await idempotency.forget_old()
