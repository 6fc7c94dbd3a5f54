"""One channel as this process follows it: what was delivered last, to whom, and how a gap is filled before anything later goes out."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import msgspec
import structlog

from common.live import protocol, queries
from common.live.errors import UNSUBSCRIBED_INSUFFICIENT_STATE
from common.live.queries import Publication
from common.live.registry import Namespace
from common.live.socket import Socket

log = structlog.get_logger(__name__)
NULL = len("null")  # a wake-up without its publication
PAGE = 500  # publications a read
EARLY_SECONDS = 0.01  # wake-ups of two commits may overtake each other: wait so long before asking the database
RETRY_SECONDS = 1.0
MOST_BEHIND = 1000  # publications: a client further behind than this loads the page again

Read = Callable[[Namespace, str, int, int], Awaitable[list[Publication]]]


class Feed:
    """`last` is the offset that all `sockets` have been sent. Everything but `open`, `missed` and the filling is synchronous, so a socket
    that is added at `last` gets last + 1, last + 2, ... and nothing else."""

    __slots__ = ("_early", "_filling", "_opening", "_wanted", "channel", "holders", "key", "last", "namespace", "sockets")

    def __init__(self, channel: str, namespace: Namespace, key: str) -> None:
        self.channel, self.namespace, self.key = channel, namespace, key
        self.sockets: set[Socket] = set()
        self.holders = 0  # sockets, and those who are about to become one
        self.last = 0
        self._wanted = 0  # the highest offset that is known to exist
        self._early: dict[int, msgspec.Raw] = {}
        self._filling: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[dict[str, int]] | None = asyncio.ensure_future(queries.positions([channel]))

    async def open(self) -> None:
        """Know the channel's position. Wake-ups that come meanwhile are kept in mind."""
        if self._opening is not None:
            last = (await asyncio.shield(self._opening))[self.channel]
            if self._opening is not None:
                self._opening, self.last = None, last
                self.exists(self._wanted)

    def woken(self, offset: int, data: msgspec.Raw) -> None:
        """The publication at `offset` is committed."""
        if self._opening is not None:
            self._wanted = max(self._wanted, offset)
        elif offset == self.last + 1 and len(data) > NULL:
            self._deliver(offset, data)
            while (following := self._early.pop(self.last + 1, None)) is not None:
                self._deliver(self.last + 1, following)
        elif offset > self.last:
            if len(data) > NULL and len(self._early) < PAGE:
                self._early[offset] = data
            self.exists(offset)

    def exists(self, offset: int) -> None:
        """Publications up to `offset` are committed: get those that are missing here, after a moment."""
        self._wanted = max(self._wanted, offset)
        if self._wanted > self.last and self._filling is None and self._opening is None:
            self._filling = asyncio.get_running_loop().create_task(self._fill())

    def passing(self, data: msgspec.Raw, strangers: Collection[UUID]) -> None:
        """A signal outside the stream."""
        event = protocol.publication(self.channel, data, 0)
        for socket in list(self.sockets):
            if socket.person_id not in strangers:
                socket.push(event)

    async def missed(self, after: int) -> list[Publication] | None:
        """A page of what follows offset `after`, up to `last` at the most; None when it cannot be had, or is too much to catch up with."""
        if after > self.last:
            await self._look(after)
        if after > self.last or self.last - after > MOST_BEHIND:
            return None
        return await self.page(after)

    async def page(self, after: int) -> list[Publication] | None:
        """Publications from `after` + 1 on and up to `last`, empty when there is none yet; None when they were trimmed."""
        if after == self.last:
            return []
        found = [one for one in await queries.page(self.namespace, self.key, after) if one[0] <= self.last]
        return found if found and found[0][0] == after + 1 else None

    def stop(self) -> None:
        for task in (self._filling, self._opening):
            if task is not None:
                task.cancel()

    async def _look(self, wanted: int) -> None:
        """The client has seen more than we: it read the database before our wake-up came."""
        last = (await queries.positions([self.channel]))[self.channel]
        if last >= wanted:
            await self._catch_up(last)

    async def _fill(self) -> None:
        pause = EARLY_SECONDS
        try:
            while self.last < self._wanted:
                await asyncio.sleep(pause)
                try:
                    await self._catch_up(self._wanted)
                except Exception as error:  # the database may be away for a while; the gap must be filled when it is back
                    log.warning("feed_not_filled", channel=self.channel, error=type(error).__name__)
                    pause = RETRY_SECONDS
        finally:
            self._filling = None

    async def _catch_up(self, wanted: int) -> None:
        while self.last < wanted:
            page = await queries.read(self.namespace, self.key, self.last, PAGE)
            for offset, data in page:
                if offset == self.last + 1:
                    self._deliver(offset, data)
                elif offset > self.last:
                    return self._give_up(offset - 1)
            if not page:
                return self._give_up(wanted)
        for offset in [offset for offset in self._early if offset <= self.last]:
            del self._early[offset]
        return None

    def _deliver(self, offset: int, data: msgspec.Raw) -> None:
        event = protocol.publication(self.channel, data, offset)
        self.last = offset
        for socket in list(self.sockets):
            socket.push(event)

    def _give_up(self, offset: int) -> None:
        """What is missing was trimmed: subscribers must start anew from their page."""
        self.last = max(self.last, offset)
        for socket in list(self.sockets):
            self.lose(socket)

    def lose(self, socket: Socket) -> None:
        """What this socket missed cannot be had any more: let it subscribe again, from its page."""
        if (subscription := socket.channels.get(self.channel)) is not None:
            subscription.end()
        socket.push(protocol.unsubscribed(self.channel, UNSUBSCRIBED_INSUFFICIENT_STATE, "insufficient state"))
