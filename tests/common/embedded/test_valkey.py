"""The embedded Valkey: up within a blink, behind a password, keeps nothing, and dies with its parent."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from common.embedded.errors import PortTaken
from common.embedded.valkey import Valkey
from tests.common.embedded.make import gone, holder, kill_hard

HOLD = """
import time
from pathlib import Path
from common.embedded.valkey import Valkey
v = Valkey(Path({folder!r}))
v.start()
print(v.process.pid, flush=True)
time.sleep(600)
"""


async def test_it_answers_behind_its_password_and_writes_nothing_to_disk(tmp_path: Path) -> None:
    with Valkey(tmp_path / "valkey") as server:
        password = urlsplit(server.url).password
        async with Redis(host="127.0.0.1", port=server.port, password=password) as client:
            assert await client.set("kota", "Makassar") is True
            assert await client.get("kota") == b"Makassar"
        async with Redis(host="127.0.0.1", port=server.port) as stranger:
            with pytest.raises(AuthenticationError):
                await stranger.ping()
    assert [path.name for path in (tmp_path / "valkey").iterdir()] == ["valkey.log"]


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is taken"):
            Valkey(tmp_path / "valkey", port).start()


def test_it_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    process = holder(HOLD.format(folder=str(tmp_path / "valkey")))
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    kill_hard(process)
    assert gone([pid])
