"""Redis with Sentinel, as the distribution ships them: who holds the queue finds the new master by himself."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator

import pytest
from arq.connections import ArqRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError

from common import queue, servers
from common.embedded.processes import free_port
from common.ids import uuid7
from common.settings import Settings
from tests.real.make import PASSWORD, open_folder, redis_server, sentinel

PATIENCE = 60  # seconds for a failover on a busy machine; it takes two


@pytest.fixture
def pair() -> Iterator[tuple[str, int, int]]:
    """A master and its replica under a Sentinel; yields the address, the master's pid and the Sentinel's port."""
    with (
        open_folder() as folder,
        redis_server(folder) as (port, master),
        redis_server(folder, master=port),
        sentinel(folder, port) as watcher,
    ):
        address = f"redis+sentinel://:{PASSWORD}@127.0.0.1:{free_port()},127.0.0.1:{watcher}/marvec/0"  # the first Sentinel is away
        yield address, master.pid, watcher


@pytest.fixture
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run's own carrier is put aside, where there is one."""
    for name, value in {"_pool": None, "_holders": 0, "_not_before": 0.0, "_carrying": None}.items():
        monkeypatch.setattr(queue, name, value)


async def until_served(client: Redis) -> int:
    """The port of the master that took a write."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await client.set("alive", "1")
                return int((await client.info("server"))["tcp_port"])
            except (RedisError, OSError):
                await asyncio.sleep(0.05)


async def test_a_new_master_is_found_by_who_pushes_and_by_who_listens(pair: tuple[str, int, int]) -> None:
    address, pid, watcher = pair
    pushing = servers.redis(address, ArqRedis, socket_connect_timeout=1, socket_timeout=2)
    listening = servers.redis(address, Redis, socket_connect_timeout=1)
    first = await until_served(pushing)
    async with asyncio.timeout(PATIENCE), Redis(port=watcher) as asked:  # a Sentinel promotes nobody whom it has not met
        while not await asked.sentinel_slaves("marvec"):  # type: ignore[no-untyped-call]
            await asyncio.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    second = await until_served(pushing)
    assert second != first
    async with listening.pubsub(ignore_subscribe_messages=True) as topic:
        await topic.subscribe("marvec:live")
        await pushing.publish("marvec:live", b"kabar")
        async with asyncio.timeout(PATIENCE):
            while (message := await topic.get_message(timeout=5)) is None:
                pass
    assert message["data"] == b"kabar"
    assert await pushing.enqueue_job("run_outbox_row", "1") is not None
    await pushing.aclose()
    await listening.aclose()


@pytest.mark.usefixtures("no_queue")
async def test_a_sentinel_that_hangs_costs_some_wake_ups_and_not_all(pair: tuple[str, int, int]) -> None:
    """It takes the whole time that one errand has: whoever asked it first again would never reach the others."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        watched = pair[0].replace("@127.0.0.1:", f"@127.0.0.1:{silent.getsockname()[1]},127.0.0.1:")
        await queue.open_queue(Settings(redis_url=watched))
        try:
            async with asyncio.timeout(PATIENCE):
                while not await heard(pair[0]):
                    await queue.push([uuid7()])
                    await asyncio.sleep(0.1)
        finally:
            await queue.close_queue()


async def heard(address: str) -> int:
    """How many jobs the master's queue holds."""
    async with servers.redis(address, ArqRedis) as asked:
        return int(await asked.zcard("arq:queue"))
