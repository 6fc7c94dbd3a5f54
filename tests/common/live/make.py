"""Small builders: people, channels that anybody may follow, clients of an SDK that others wrote."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import centrifuge

from common import ids
from common.actor import Actor
from common.db import unit_of_work
from common.live import Namespace, register, rpc, service, tell, tokens
from common.live.registry import NAMESPACES


async def anybody(actor: Actor, key: str) -> bool:
    return key != "sealed"


async def say(actor: Actor, key: str, data: Any) -> None:
    async with unit_of_work() as session:
        await tell(session, f"square:{key}", data | {"by": str(actor.person_id)})


def open_square() -> None:
    """The namespace `square`, once a run."""
    if "square" not in NAMESPACES:
        register(Namespace(prefix="square", may_subscribe=anybody, publish=say, presence=True))

        @rpc("square.double")
        async def double(actor: Actor, data: Any) -> Any:
            return {"twice": data["number"] * 2}


def person(person_id: UUID | None = None, **more: Any) -> Actor:
    return Actor(person_id or ids.uuid7(), "Daeng Ngalle", **more)


class Listener(centrifuge.SubscriptionEventHandler):  # type: ignore[misc]  # the SDK carries no types
    def __init__(self) -> None:
        self.heard: list[tuple[int, Any]] = []
        self.recovered: list[bool] = []

    async def on_publication(self, ctx: Any) -> None:
        self.heard.append((ctx.pub.offset, ctx.pub.data))

    async def on_subscribed(self, ctx: Any) -> None:
        self.recovered.append(ctx.recovered)

    async def until(self, count: int, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)


def client_of(address: str, actor: Actor, **more: Any) -> centrifuge.Client:
    async def get_token() -> str:
        return tokens.issue(actor)[0]

    address = address.replace("http", "ws", 1) + "/connection/websocket"
    pace = {"timeout": 30, "min_reconnect_delay": 0.05, "max_reconnect_delay": 0.3}
    return centrifuge.Client(address, get_token=get_token, proxy=None, **pace, **more)


@asynccontextmanager
async def connected(address: str, actor: Actor | None = None, **more: Any) -> AsyncIterator[centrifuge.Client]:
    client = client_of(address, actor or person(), **more)
    await client.connect()
    await client.ready()
    try:
        yield client
    finally:
        await client.disconnect()


async def follow(client: centrifuge.Client, channel: str, **more: Any) -> Listener:
    listener = Listener()
    subscription = client.new_subscription(channel, events=listener, **more)
    await subscription.subscribe()
    await subscription.ready()
    return listener


async def told(channel: str, *data: Any) -> None:
    """One transaction that tells all of `data`."""
    async with unit_of_work() as session:
        for one in data:
            await tell(session, channel, one)


__all__ = ["Listener", "client_of", "connected", "follow", "open_square", "person", "say", "service", "told"]
