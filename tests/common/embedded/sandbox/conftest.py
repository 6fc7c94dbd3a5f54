from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.common.embedded.sandbox.make import SECRET, Receiver, Sandbox, receiving, running


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A sandbox that delivers to nobody."""
    async with running(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def telling(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Sandbox]:
    """A sandbox that delivers to `receiver`."""
    async with running(tmp_path, "--webhook-url", receiver.url, "--webhook-secret", SECRET) as sandbox:
        yield sandbox
