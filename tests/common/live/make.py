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
        register(Namespace("square", anybody, scope="square", spelling=str, publish=say, publish_scope="square:write", presence=True))

        @rpc("square.double", scope="square:write")
        async def double(actor: Actor, data: Any) -> Any:
            return {"twice": data["number"] * 2}


def person(person_id: UUID | None = None, **more: Any) -> Actor:
    return Actor(person_id or ids.uuid7(), "Daeng Ngalle", **more)


class Listener(centrifuge.SubscriptionEventHandler):  # type: ignore[misc]  # the SDK carries no types
    def __init__(self) -> None:
        self.heard: list[tuple[int, Any]] = []
        self.recovered: list[bool] = []
        self.ended: list[int] = []

    async def on_publication(self, ctx: Any) -> None:
        self.heard.append((ctx.pub.offset, ctx.pub.data))

    async def on_subscribed(self, ctx: Any) -> None:
        self.recovered.append(ctx.recovered)

    async def on_unsubscribed(self, ctx: Any) -> None:
        self.ended.append(ctx.code)

    async def until(self, count: int, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)


class Line(centrifuge.ClientEventHandler):  # type: ignore[misc]  # the SDK carries no types
    """With which codes the connection ended: for good, or to be opened again."""

    def __init__(self) -> None:
        self.ended: list[int] = []
        self.reconnecting: list[int] = []

    async def on_disconnected(self, ctx: Any) -> None:
        self.ended.append(ctx.code)

    async def on_connecting(self, ctx: Any) -> None:
        self.reconnecting.append(ctx.code)


def client_of(address: str, actor: Actor, **more: Any) -> centrifuge.Client:
    async def get_token() -> str:
        return tokens.issue(actor)[0]

    address = address.replace("http", "ws", 1) + "/connection/websocket"
    pace = {"timeout": 30, "min_reconnect_delay": 0.05, "max_reconnect_delay": 0.3}
    more.setdefault("events", Line())
    client = centrifuge.Client(address, get_token=get_token, proxy=None, **(pace | more))
    client.line = more["events"]
    return client


@asynccontextmanager
async def connected(address: str, actor: Actor | None = None, **more: Any) -> AsyncIterator[centrifuge.Client]:
    client = client_of(address, actor or person(), **more)
    await client.connect()
    await client.ready()
    try:
        yield client
    finally:
        await client.disconnect()


async def ended(client: centrifuge.Client, seconds: float = 30) -> int:
    """The code with which the door closed this connection for good."""
    code: int = await first_of(client.line.ended, seconds)
    return code


async def first_of(waited_for: list[Any], seconds: float = 30) -> Any:
    """What comes into this list first."""
    async with asyncio.timeout(seconds):
        while not waited_for:
            await asyncio.sleep(0.01)
    return waited_for[0]


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


__all__ = ["Listener", "client_of", "connected", "ended", "first_of", "follow", "open_square", "person", "say", "service", "told"]
