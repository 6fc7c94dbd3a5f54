"""One city with its demonstration for all journeys that do not ask for their own."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.journeys.walker import Walker
from tests.marvec.cli.make import RunningCity, running_city

Arrive = Callable[..., Awaitable[Walker]]


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """The city itself, without its history: its processes, its database. It ends with the last journey: no timer runs beside the rest."""
    with running_city(tmp_path_factory.mktemp("city") / "var", demo=True, MARVEC_DEMO_HISTORY="0", MARVEC_PASSWORD_COST="low") as city:
        yield city


@pytest.fixture(scope="package")
def city(running: RunningCity) -> str:
    """Its address."""
    return f"http://127.0.0.1:{running.port}"


@pytest.fixture
def arrive(browser: Browser, city: str) -> Arrive:
    """`await arrive("Daeng Bollo", width=1200)`: somebody with a telephone of their own, closed when the journey ends."""

    async def one(name: str, **wanted: Any) -> Walker:
        return await Walker.arrive(browser, city, name, **wanted)

    return one
