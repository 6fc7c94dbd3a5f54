"""One city with its demonstration and one Chromium for all journeys that do not ask for their own; each journey leaves its telephones."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.walker import Walker, chromium
from tests.marvec.cli.make import RunningCity, running_city

expect.set_options(timeout=15_000)  # a page that comes late on a busy machine is not wrong
Arrive = Callable[..., Awaitable[Walker]]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """The city itself: its processes, its database. Of what it says only what is wrong: nobody reads the rest of a log this long."""
    told = {"MARVEC_PASSWORD_COST": "low", "MARVEC_LOG_LEVEL": "WARNING"}
    with running_city(tmp_path_factory.mktemp("city") / "var", demo=True, **told) as city:
        yield city


@pytest.fixture(scope="session")
def city(running: RunningCity) -> str:
    """Its address."""
    return f"http://127.0.0.1:{running.port}"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as started:
        yield started


@pytest.fixture
async def arrive(browser: Browser, city: str) -> AsyncIterator[Arrive]:
    """`await arrive("Daeng Bollo", width=1200)`: somebody with a browser of their own, closed when the journey ends."""
    came: list[Walker] = []

    async def one(name: str, **wanted: Any) -> Walker:
        came.append(await Walker.arrive(browser, city, name, **wanted))
        return came[-1]

    yield one
    for walker in came:
        await walker.context.close()
