"""An open socket that comes back by itself: it reconnects, recovers every channel from its last offset, and notices gaps and doubles."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import websockets
from websockets.asyncio.client import ClientConnection, connect

from marvec.demo import protocol
from marvec.demo.errors import Off
from marvec.demo.waiting import PATIENCE, PAUSE

LOST = (OSError, websockets.WebSocketException, TimeoutError)
TEMPORARY = "temporary"

Found = TypeVar("Found")


@dataclass(frozen=True)
class Heard:
    """A publication: its place in the channel's stream, and when it came (`time.monotonic`)."""

    offset: int
    data: dict[str, Any]
    at: float


@dataclass
class Channel:
    name: str
    epoch: str = ""
    offset: int = 0
    subscribed: bool = False
    heard: list[Heard] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """A command that waits for its reply; `channel` for a subscription."""

    channel: str
    answer: asyncio.Future[dict[str, Any]]


class Line:
    """One person's socket. `reconnected` counts how often it came back; `faults` are gaps and doubles in what was heard."""

    def __init__(self, url: str, token: Callable[[], Awaitable[str]]) -> None:
        self._url = url.replace("http", "ws", 1).rstrip("/") + "/connection/websocket"
        self._token = token
        self._channels: dict[str, Channel] = {}
        self._waiting: dict[int, Asked] = {}
        self._number = 0
        self._socket: ClientConnection | None = None
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self.reconnected = -1
        self.faults: list[str] = []

    async def open(self) -> None:
        self._task = asyncio.create_task(self._live())
        await self._until(lambda: self._socket, "the socket opens")

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def subscribe(self, name: str) -> None:
        """Follow a channel from now on, over every loss of the connection."""
        channel = self._channels.setdefault(name, Channel(name))
        if self._socket is not None:
            with contextlib.suppress(*LOST, Off):
                await self._subscribe(self._socket, channel)
        await self._until(lambda: channel if channel.subscribed else None, f"subscribing to {name}")

    async def hear(self, name: str, wanted: Callable[[dict[str, Any]], bool], what: str) -> Heard:
        """The first publication of the channel that is wanted, already heard or to come. Raises `Off` after a while."""
        return await self._until(lambda: next((one for one in self.heard(name) if wanted(one.data)), None), what)

    def heard(self, name: str) -> list[Heard]:
        return self._channels[name].heard

    async def rpc(self, method: str, data: dict[str, Any]) -> Any:
        """A call by the socket, made again when the connection falls before its answer."""
        end_at = time.monotonic() + PATIENCE
        while time.monotonic() < end_at:
            socket = await self._until(lambda: self._socket, "the socket is open")
            try:
                return (await self._ask(socket, "rpc", {"method": method, "data": data}))["data"]
            except LOST:
                await asyncio.sleep(PAUSE)
        raise Off(f"{method}: no answer within {PATIENCE:.0f} s")

    async def _live(self) -> None:
        while True:
            with contextlib.suppress(*LOST):
                async with connect(self._url, open_timeout=PATIENCE, ping_interval=None) as socket:
                    await self._converse(socket)
            self._socket = None
            self._drop()
            await asyncio.sleep(PAUSE)

    async def _converse(self, socket: ClientConnection) -> None:
        reading = asyncio.create_task(self._read(socket))
        try:
            await self._ask(socket, "connect", {"token": await self._token(), "name": "marvec-demo"})
            for channel in self._channels.values():
                await self._subscribe(socket, channel)
            self._socket = socket
            self.reconnected += 1
            await self._wake()
            await reading
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, *LOST):
                await reading

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for frame in socket:
                for said in protocol.lines(frame):
                    await self._take(socket, said)
        finally:
            self._drop()

    async def _take(self, socket: ClientConnection, said: dict[str, Any]) -> None:
        if not said:
            await socket.send(protocol.PONG)
        elif "id" in said:
            self._answer(said)
            await self._wake()
        elif "pub" in said.get("push", {}):
            self._note(self._channels[said["push"]["channel"]], said["push"]["pub"])
            await self._wake()
        elif "unsubscribe" in said.get("push", {}):
            await socket.close()  # come back and recover

    async def _subscribe(self, socket: ClientConnection, channel: Channel) -> None:
        position = {"recover": True, "epoch": channel.epoch, "offset": channel.offset} if channel.subscribed else {}
        await self._ask(socket, "subscribe", {"channel": channel.name, **position})

    def _begin(self, channel: Channel, reply: dict[str, Any]) -> None:
        """The answer to a subscription, taken in its place among the frames: what was missed comes before anything new."""
        again = channel.subscribed
        if again and not reply.get("recovered"):
            self.faults.append(f"{channel.name}: not recovered after offset {channel.offset}")
        for publication in reply.get("publications", []):
            self._note(channel, publication)
        channel.offset = channel.offset if again else reply.get("offset", 0)
        channel.epoch, channel.subscribed = reply.get("epoch", ""), True

    def _note(self, channel: Channel, publication: dict[str, Any]) -> None:
        offset = publication.get("offset", 0)
        if offset:
            if channel.subscribed and offset != channel.offset + 1:
                self.faults.append(f"{channel.name}: offset {offset} after {channel.offset}")
            channel.offset = offset
        channel.heard.append(Heard(offset, publication["data"], time.monotonic()))

    async def _ask(self, socket: ClientConnection, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Raises one of LOST when there will be no answer, `Off` when it is a refusal."""
        self._number += 1
        number, answer = self._number, asyncio.get_running_loop().create_future()
        self._waiting[number] = Asked(body.get("channel", ""), answer)
        try:
            await socket.send(protocol.command(number, kind, body))
            said = await asyncio.wait_for(answer, PATIENCE)
        finally:
            self._waiting.pop(number, None)
        if "error" in said:
            if said["error"].get(TEMPORARY):
                raise ConnectionError(said["error"]["message"])
            raise Off(f"{kind} {body.get('channel', body.get('method', ''))}: {said['error']}")
        result: dict[str, Any] = said[kind]
        return result

    def _answer(self, said: dict[str, Any]) -> None:
        wanted = self._waiting.pop(said["id"], None)
        if wanted is None:
            return
        if "subscribe" in said:
            self._begin(self._channels[wanted.channel], said["subscribe"])
        if not wanted.answer.done():
            wanted.answer.set_result(said)

    def _drop(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for one in waiting.values():
            if not one.answer.done():
                one.answer.set_exception(ConnectionError("the connection fell"))

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, look: Callable[[], Found | None], what: str) -> Found:
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: self._failed() or look() is not None), PATIENCE)
            except TimeoutError as error:
                raise Off(f"{what}: not within {PATIENCE:.0f} s") from error
        found = look()
        if found is None:
            raise Off(f"{what}: the socket ended: {self._task.exception() if self._task and self._task.done() else ''}")
        return found

    def _failed(self) -> bool:
        return self._task is not None and self._task.done()
