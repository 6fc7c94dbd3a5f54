"""The door `/connection/websocket` as a bare ASGI application: no framework object and no transaction is held for a connection."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from common.actor import Actor
from common.live import protocol
from common.live.commands import obey
from common.live.errors import MALFORMED, Disconnect
from common.live.hub import Hub
from common.live.socket import ABORT, Socket
from common.settings import get_settings

PATH = "/connection/websocket"
MOST_BYTES = 256 * 1024  # of one frame from a client

_hub: Hub | None = None


@asynccontextmanager
async def open_door(_: object = None) -> AsyncIterator[None]:
    """The hub lives while the app does. On SIGTERM the sockets are told to come back elsewhere before the server shuts them."""
    global _hub  # noqa: PLW0603  one hub a process
    _hub = hub = Hub(get_settings())
    await hub.open()
    with _farewell(hub):
        try:
            yield
        finally:
            _hub = None
            await hub.close()


def count_sockets() -> int:
    """How many this process holds."""
    return len(_hub.sockets) if _hub is not None else 0


async def door(scope: Any, receive: Any, send: Any) -> None:
    """One connection, from accept to its end; who comes without session or token is closed with 3500.

    The composition root puts it at PATH, before the framework, within what sets `scope["state"]["actor"]` from the cookie.
    """
    await receive()
    hub = _hub
    if hub is None or hub.draining:
        await send({"type": "websocket.close", "code": 1012})
        return
    await send({"type": "websocket.accept"})
    abort = scope.get("extensions", {}).get(ABORT, {}).get("abort")
    socket = Socket(send, _cookie_actor(scope), asyncio.get_running_loop().time(), abort)
    hub.enter(socket)
    try:
        await _converse(hub, socket, receive)
    finally:
        socket.closed = True
        hub.forget(socket)
        await socket.end()


async def _converse(hub: Hub, socket: Socket, receive: Any) -> None:
    while True:
        event = await receive()
        if event["type"] != "websocket.receive":
            return
        if socket.closed:
            continue
        try:
            for command in _commands(event):
                if not socket.closed:
                    await obey(hub, socket, command)
        except Disconnect as disconnect:
            socket.close(disconnect)


def _commands(event: Any) -> list[protocol.Command | protocol.Unreadable]:
    text = event.get("text")
    if not text or len(text) > MOST_BYTES:
        raise MALFORMED
    try:
        commands = protocol.read_commands(text)
    except msgspec.MsgspecError as error:
        raise MALFORMED from error
    if len(commands) > protocol.MOST_COMMANDS:
        raise MALFORMED
    return commands


def _cookie_actor(scope: Any) -> Actor | None:
    """Whom the session cookie names, unless another site's page opened this connection (a browser always says where it comes from)."""
    actor: Actor | None = scope.get("state", {}).get("actor")
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin or actor is None:
        return actor
    settings = get_settings()
    own = {_place(settings.base_url)} | (set() if settings.production else {headers.get(b"host", b"").decode("latin-1")})
    return actor if _place(origin) in own else None


def _place(address: str) -> str:
    return urlsplit(address).netloc


@contextlib.contextmanager
def _farewell(hub: Hub) -> Iterator[None]:
    """Put ourselves before the server's own handler of SIGTERM (and SIGINT): first the farewells, then its shutdown."""
    loop = asyncio.get_running_loop()
    theirs: dict[int, Any] = {}

    def begin(number: int, frame: FrameType | None) -> None:
        if hub.draining:
            theirs[number](number, frame)  # the second signal does not wait
        else:
            loop.call_soon_threadsafe(lambda: keep.append(loop.create_task(finish(number, frame))))

    async def finish(number: int, frame: FrameType | None) -> None:
        await hub.drain()
        theirs[number](number, frame)

    keep: list[asyncio.Task[None]] = []
    for number in (int(signal.SIGTERM), int(signal.SIGINT)):
        found = signal.getsignal(number)
        if callable(found):
            with contextlib.suppress(ValueError):  # signals belong to the main thread; elsewhere we are no server
                signal.signal(number, begin)
                theirs[number] = found
    try:
        yield
    finally:
        for number, handler in theirs.items():
            signal.signal(number, handler)
