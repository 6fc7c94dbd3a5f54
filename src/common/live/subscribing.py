"""A subscription from its answer to the moment in which its socket follows the channel like all others.

Who was away gets what was missed in pages: the first in the answer, each further one when the line has taken the one before. So a weak line
gets on with every page, and nothing waits in memory but one of them.
"""

import asyncio
from collections.abc import Callable

import structlog

from common.live import protocol
from common.live.feed import RETRY_SECONDS, Feed
from common.live.queries import Publication
from common.live.socket import Socket

log = structlog.get_logger(__name__)


class Subscription:
    """About to begin: `result` is the answer; `begin()` lets publications flow. No await may stand between the two.

    `missed`: the first page of what followed the position `since`; None when that is lost, or was not asked for. `release` gives the feed
    back.
    """

    __slots__ = ("_feed", "_release", "_sent", "_socket", "_task", "missed")

    def __init__(self, feed: Feed, socket: Socket, missed: list[Publication] | None, since: int, release: Callable[[Feed], None]) -> None:
        self._feed, self._socket, self.missed, self._release = feed, socket, missed, release
        self._sent = feed.last if missed is None else missed[-1][0] if missed else since
        self._task: asyncio.Task[None] | None = None

    def result(self, epoch: str, *, recovering: bool) -> dict[str, object]:
        result: dict[str, object] = {"recoverable": True, "positioned": True, "epoch": epoch, "offset": self._sent}
        if recovering:
            result |= {"was_recovering": True, "recovered": self.missed is not None}
            result["publications"] = [{"data": data, "offset": offset} for offset, data in self.missed or ()]
        return result

    def begin(self) -> None:
        if self._socket.closed:
            self.end()
            return
        self.missed = None
        self._socket.channels[self._feed.channel] = self
        if self._sent >= self._feed.last:
            self._feed.sockets.add(self._socket)
        else:
            self._task = asyncio.get_running_loop().create_task(self._catch_up())

    def end(self) -> None:
        """Follow no more. To be called once."""
        self._socket.channels.pop(self._feed.channel, None)
        self._feed.sockets.discard(self._socket)
        if self._task is not None:
            self._task.cancel()
        self._release(self._feed)

    async def _catch_up(self) -> None:
        while self._sent < self._feed.last:
            await self._socket.drained()
            try:
                page = await self._feed.page(self._sent)
            except Exception as error:  # the database may be away for a while
                log.warning("not_caught_up", channel=self._feed.channel, error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if page is None:
                self._feed.lose(self._socket)
                return
            for offset, data in page:
                self._socket.push(protocol.publication(self._feed.channel, data, offset))
                self._sent = offset
        self._feed.sockets.add(self._socket)
