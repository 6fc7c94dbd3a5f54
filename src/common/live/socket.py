"""One connection's sending side, its subscriptions and its clock.

Sending costs no task and no queue as long as the peer reads: the server's `send` is driven by hand and nearly always ends at once.
When the peer's buffer is full, the rest goes through a bounded backlog and a task that waits.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import Any
from uuid import uuid4

from prometheus_client import Counter

from common.actor import Actor
from common.live import protocol
from common.live.errors import EXPIRED, NO_PONG, SLOW, STALE, Disconnect
from common.live.protocol import Event

Send = Callable[[Any], Awaitable[None]]

CLOSED = Counter("marvec_sockets_closed_total", "Sockets that we closed, by the code that they were told", ["code"])
BACKLOG_BYTES = 1024 * 1024
PING_SECONDS = 25.0
PONG_SECONDS = 10.0
CONNECT_SECONDS = 10.0
REFRESH_LEEWAY = 30.0  # seconds after its token's end in which a client may still refresh
FINISH_SECONDS = 20.0  # for commands under way when the peer has left
GONE = (OSError, RuntimeError)  # what servers raise when the peer has left


class Socket:
    """A connection. `actor` is None until the connect command; times are of the loop's clock."""

    __slots__ = (
        "__weakref__",
        "_backlog",
        "_backlog_bytes",
        "_send",
        "_writer",
        "actor",
        "awaits_pong",
        "channels",
        "client",
        "closed",
        "cookie_actor",
        "expires_at",
        "next_ping",
        "tasks",
    )

    def __init__(self, send: Send, cookie_actor: Actor | None, now: float) -> None:
        self.client = uuid4().hex
        self.actor: Actor | None = None
        self.cookie_actor = cookie_actor
        self.channels: set[str] = set()
        self.tasks: set[asyncio.Task[None]] | None = None
        self.expires_at: float | None = None
        self.next_ping = now + CONNECT_SECONDS
        self.awaits_pong = False
        self.closed = False
        self._send = send
        self._writer: asyncio.Task[None] | None = None
        self._backlog: deque[Event] | None = None
        self._backlog_bytes = 0

    def push(self, event: Event) -> None:
        """Send, or queue behind what waits. A peer that lets more than BACKLOG_BYTES wait is disconnected as slow."""
        if self.closed:
            return
        if self._writer is not None:
            self._queue(event)
            return
        step = iter(self._send(event).__await__())
        try:
            waiting = next(step)
        except StopIteration:
            return
        except GONE:
            self.closed = True
            return
        self._backlog = deque()
        self._writer = asyncio.get_running_loop().create_task(self._write(_Rest(step, waiting)))

    def close(self, disconnect: Disconnect) -> None:
        """End the connection with a close frame; what is queued goes out before it."""
        if not self.closed:
            CLOSED.labels(str(disconnect.code)).inc()
        self.push({"type": "websocket.close", "code": disconnect.code, "reason": disconnect.reason})
        self.closed = True

    def keep(self, now: float) -> None:
        """Once a second: ping, look for the pong, for a token that was not refreshed, for a connect command that never came."""
        if self.expires_at is not None and now > self.expires_at + REFRESH_LEEWAY:
            self.close(EXPIRED)
        if now < self.next_ping:
            return
        if self.actor is None:
            self.close(STALE)
        elif self.awaits_pong:
            self.close(NO_PONG)
        else:
            self.push(protocol.PING)
            self.awaits_pong, self.next_ping = True, now + PONG_SECONDS

    def heard_pong(self, now: float) -> None:
        self.awaits_pong, self.next_ping = False, now + PING_SECONDS

    async def end(self) -> None:
        """The connection is over: nothing may be sent any more; what was begun for it comes to its own end."""
        self.closed = True
        if self._writer is not None:
            self._writer.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=FINISH_SECONDS)

    def _queue(self, event: Event) -> None:
        assert self._backlog is not None
        self._backlog.append(event)
        self._backlog_bytes += len(event.get("text", ""))
        if self._backlog_bytes > BACKLOG_BYTES:
            self._backlog.clear()
            self._backlog_bytes = 0
            self.close(SLOW)

    async def _write(self, first: "_Rest") -> None:
        assert self._backlog is not None
        try:
            await first
            while self._backlog:
                event = self._backlog.popleft()
                self._backlog_bytes -= len(event.get("text", ""))
                await self._send(event)
        except GONE:
            self.closed = True
        finally:
            self._writer, self._backlog = None, None


class _Rest:
    """The rest of a `send` that was begun outside of any task and now waits for `waiting`."""

    __slots__ = ("step", "waiting")

    def __init__(self, step: Iterator[Any], waiting: Any) -> None:
        self.step = step
        self.waiting = waiting

    def __await__(self) -> Generator[Any, None, None]:
        yield self.waiting
        yield from self.step
