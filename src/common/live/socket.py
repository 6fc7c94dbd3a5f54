"""One connection's sending side, its subscriptions and its clock.

Sending costs no task and no queue as long as the peer reads: the server's `send` is driven by hand and nearly always ends at once.
When the peer's buffer is full, the rest goes through a bounded backlog and a task that waits.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from prometheus_client import Counter

from common.actor import Actor
from common.live import protocol
from common.live.errors import EXPIRED, NO_PONG, SLOW, STALE, Disconnect
from common.live.protocol import Event

if TYPE_CHECKING:
    from common.live.subscribing import Subscription

Send = Callable[[Any], Awaitable[None]]

CLOSED = Counter("marvec_sockets_closed_total", "Sockets that we closed, by the code that they were told", ["code"])
BACKLOG_BYTES = 1024 * 1024
PING_SECONDS = 25.0
PONG_SECONDS = 10.0
CONNECT_SECONDS = 10.0
REFRESH_LEEWAY = 30.0  # seconds after its token's end in which a client may still refresh
STUCK_SECONDS = 30.0  # without taking a byte of what waits
LINGER_SECONDS = 5.0  # until a peer that does not answer our farewell is let go
FINISH_SECONDS = 20.0  # for commands under way when the peer has left
ABORT = "marvec.abort"
"""Name of an ASGI extension: `scope["extensions"][ABORT]["abort"]()` ends the connection, whatever still waits to be sent."""
GONE = (OSError, RuntimeError)  # what servers raise when the peer has left


class Socket:
    """A connection. `actor` is None until the connect command; `claimed` is who it says it is, whose key may end before that. Times are of
    the loop's clock. `leave` is called once it is closed, `abort` when the peer does not go.
    """

    __slots__ = (
        "__weakref__",
        "_backlog",
        "_backlog_bytes",
        "_lingering",
        "_send",
        "_writer",
        "_wrote_at",
        "abort",
        "actor",
        "awaits_pong",
        "channels",
        "claimed",
        "client",
        "closed",
        "cookie_actor",
        "expires_at",
        "leave",
        "next_ping",
        "tasks",
    )

    def __init__(self, send: Send, cookie_actor: Actor | None, now: float, abort: Callable[[], None] | None = None) -> None:
        self.client = uuid4().hex
        self.actor: Actor | None = None
        self.claimed = self.cookie_actor = cookie_actor
        self.channels: dict[str, Subscription | None] = {}  # None: about to begin
        self.tasks: set[asyncio.Task[None]] | None = None
        self.expires_at: float | None = None
        self.next_ping = now + CONNECT_SECONDS
        self.awaits_pong = False
        self.closed = False
        self.abort = abort
        self.leave: Callable[[Socket], None] | None = None
        self._send = send
        self._writer: asyncio.Task[None] | None = None
        self._wrote_at = now
        self._backlog: deque[Event] | None = None
        self._backlog_bytes = 0
        self._lingering: asyncio.TimerHandle | None = None

    @property
    def person_id(self) -> UUID | None:
        return self.actor.person_id if self.actor is not None else None

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
        loop = asyncio.get_running_loop()
        self._backlog, self._wrote_at = deque(), loop.time()
        self._writer = loop.create_task(self._write(_Rest(step, waiting)))

    def close(self, disconnect: Disconnect) -> None:
        """End the connection with a close frame; what is queued goes out before it. A peer that does not take it is let go soon."""
        if self.closed:
            return
        CLOSED.labels(str(disconnect.code)).inc()
        self.push({"type": "websocket.close", "code": disconnect.code, "reason": disconnect.reason})
        self.closed = True
        loop = asyncio.get_running_loop()
        if self.leave is not None:
            loop.call_soon(self.leave, self)  # soon: whoever delivers to us may be going through its subscribers
        if self.abort is not None:
            self._lingering = loop.call_later(LINGER_SECONDS, self.abort)

    def let_go(self) -> None:
        """Without another word."""
        if self.abort is not None:
            self.abort()

    async def drained(self) -> None:
        """Until the peer has taken so much that the next event need not wait."""
        while self._writer is not None:
            await asyncio.wait([self._writer])

    def keep(self, now: float) -> None:
        """Once a second: ping, look for the pong, for a token that was not refreshed, for a connect command that never came."""
        if self.expires_at is not None and now > self.expires_at + REFRESH_LEEWAY:
            self.close(EXPIRED)
        if self._writer is not None:  # a ping behind all that waits would tell nothing
            self.next_ping = max(self.next_ping, now + 1)
            if now > self._wrote_at + STUCK_SECONDS:
                self._give_up()
            return
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
        if self._lingering is not None:
            self._lingering.cancel()
        if self._writer is not None:
            self._writer.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=FINISH_SECONDS)

    def _queue(self, event: Event) -> None:
        assert self._backlog is not None
        self._backlog.append(event)
        self._backlog_bytes += len(event.get("text", ""))
        if self._backlog_bytes > BACKLOG_BYTES:
            self._give_up()

    def _give_up(self) -> None:
        if self._backlog is not None:
            self._backlog.clear()
        self._backlog_bytes = 0
        self.close(SLOW)

    async def _write(self, first: "_Rest") -> None:
        assert self._backlog is not None
        loop = asyncio.get_running_loop()
        try:
            await first
            while self._backlog:
                self._wrote_at = loop.time()
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
