"""The provider of this process: one client, made when it is first needed (its library is slow to load)."""

import asyncio

from common import tracing
from common.payments.port import PaymentProvider
from common.settings import Settings, get_settings

_one: dict[tuple[object, Settings], PaymentProvider] = {}


def provider() -> PaymentProvider:
    """The adapter for this process's settings and event loop."""
    key = _place()
    if key not in _one:
        from common.payments.stripe_adapter import StripeAdapter  # noqa: PLC0415  it is slow to load, and most processes never pay

        _one.clear()
        _one[key] = tracing.calls_of(StripeAdapter(get_settings()), StripeAdapter.name)
    return _one[key]


def use(adapter: PaymentProvider) -> None:
    """Pay with another adapter from now on in this loop: a second rail, or a test's own."""
    key = _place()
    _one.clear()
    _one[key] = adapter


async def close_provider() -> None:
    """Let go of the client's connections; the next call makes a new one."""
    while _one:
        await _one.popitem()[1].close()


def _place() -> tuple[object, Settings]:
    """A client belongs to one event loop and one set of settings."""
    try:
        loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
    except RuntimeError:
        loop = None
    return loop, get_settings()
