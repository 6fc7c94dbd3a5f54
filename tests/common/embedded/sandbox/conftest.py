from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from tests.common.embedded.sandbox.make import SECRET, Receiver, Sandbox, receiving, running, start, visiting


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Popen[str]]]:
    """One sandbox for the whole run; each test finds it emptied."""
    url, process = start(tmp_path_factory.mktemp("sandbox"))
    yield url, process
    process.terminate()
    assert process.wait(30) == 0


@pytest.fixture
async def sandbox(standing: tuple[str, Popen[str]]) -> AsyncIterator[Sandbox]:
    """An empty sandbox that delivers to nobody."""
    async with visiting(*standing) as sandbox:
        assert (await sandbox.door("reset")).status_code == 200
        yield sandbox


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def telling(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Sandbox]:
    """A sandbox of the test's own that delivers to `receiver`."""
    async with running(tmp_path, "--webhook-url", receiver.url, "--webhook-secret", SECRET) as sandbox:
        yield sandbox
