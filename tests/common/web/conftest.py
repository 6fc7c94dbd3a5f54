from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from common.settings import get_settings
from tests.common.web.make import BASE, browser, small_app


@pytest.fixture
def little(tmp_path: Path) -> Iterator[Litestar]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MARVEC_BASE_URL", BASE)
        get_settings.cache_clear()
        yield small_app(tmp_path)
    get_settings.cache_clear()


@pytest.fixture
async def visitor(little: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(little) as client:
        yield client
