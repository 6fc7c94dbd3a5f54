"""The hub: this process's sockets, and the channels that they follow.

A wake-up from Redis (or from this very process) brings most publications; once in CHECK_SECONDS one query looks for those whose wake-up was
lost, so that without Redis people see the same, a little later.
"""

import asyncio
import contextlib
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from common import servers
from common.live import queries, wakeups
from common.live.errors import ALREADY_SUBSCRIBED, LIMIT_EXCEEDED, SHUTDOWN, SIGNED_OUT
from common.live.feed import Feed
from common.live.presence import Presence
from common.live.queries import Publication
from common.live.registry import SESSIONS, Namespace
from common.live.socket import Socket
from common.live.wakeups import Bundle
from common.settings import Settings

log = structlog.get_logger(__name__)
CHECK_SECONDS = 1.5
SESSION_SECONDS = 60.0
MOST_CHANNELS = 200  # subscriptions of one connection
DRAIN_SECONDS = 3.0  # over which a stopping process spreads its farewells, so that not everybody comes back in one instant


class Hub:
    def __init__(self, settings: Settings) -> None:
        self.sockets: set[Socket] = set()
        self.feeds: dict[str, Feed] = {}
        self.epoch = ""
        self.draining = False
        self._redis = servers.redis(settings.redis_url, Redis, socket_connect_timeout=1, socket_keepalive=True)
        self.presence = Presence(self._redis)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        self.epoch = await queries.epoch()
        wakeups.HEARERS.append(self.hear)
        self._tasks = [asyncio.create_task(beat) for beat in (self._listen(), self._keep(), self._check(), self._watch_sessions())]

    async def close(self) -> None:
        wakeups.HEARERS.remove(self.hear)
        for socket in list(self.sockets):
            socket.close(SHUTDOWN)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for feed in self.feeds.values():
            feed.stop()
        await self._redis.aclose()

    def hear(self, bundle: Bundle) -> None:
        """Carry a bundle of wake-ups to those whom it concerns here."""
        for one in bundle.woken:
            if (feed := self.feeds.get(one.channel)) is not None:
                feed.woken(one.offset, one.data)
        for signal in bundle.passing:
            if (feed := self.feeds.get(signal.channel)) is not None:
                feed.passing(signal.data)
        if bundle.gone is not None:
            self._close_sessions({bundle.gone})

    async def subscribe(self, socket: Socket, channel: str, namespace: Namespace, since: tuple[int, str] | None) -> "Subscribed":
        """Let `socket` follow `channel` from now on, or from the position `since` (offset, epoch).

        The caller must push the answer before it awaits anything: the next publication may follow at once.
        """
        if channel in socket.channels:
            raise ALREADY_SUBSCRIBED
        if len(socket.channels) >= MOST_CHANNELS:
            raise LIMIT_EXCEEDED
        socket.channels.add(channel)
        feed = self._hold(channel, namespace)
        try:
            await feed.open()
            missed = await feed.missed(since[0]) if since is not None and since[1] in ("", self.epoch) else None
        except BaseException:
            socket.channels.discard(channel)
            self._release(feed)
            raise
        return Subscribed(self, feed, socket, missed)

    def unsubscribe(self, socket: Socket, channel: str) -> None:
        feed = self.feeds.get(channel)
        socket.channels.discard(channel)
        if feed is not None and socket in feed.sockets:
            feed.sockets.discard(socket)
            self._release(feed)

    def leave(self, socket: Socket) -> None:
        """The connection is over."""
        for channel in list(socket.channels):
            self.unsubscribe(socket, channel)
        self.sockets.discard(socket)

    async def drain(self) -> None:
        """Ask everybody to come back elsewhere, spread over at most DRAIN_SECONDS; new connections are refused from now on."""
        self.draining = True
        leaving = list(self.sockets)
        pace = min(0.005, DRAIN_SECONDS / max(len(leaving), 1))
        for number, socket in enumerate(leaving, start=1):
            socket.close(SHUTDOWN)
            if number % 20 == 0:
                await asyncio.sleep(20 * pace)

    def _hold(self, channel: str, namespace: Namespace) -> Feed:
        feed = self.feeds.get(channel)
        if feed is None:
            feed = self.feeds[channel] = Feed(channel, namespace, channel.partition(":")[2])
        feed.holders += 1
        return feed

    def _release(self, feed: Feed) -> None:
        feed.holders -= 1
        if feed.holders <= 0 and self.feeds.get(feed.channel) is feed:
            del self.feeds[feed.channel]
            feed.stop()

    def _close_sessions(self, gone: set[UUID]) -> None:
        for socket in list(self.sockets):
            if socket.actor is not None and socket.actor.session_id in gone:
                socket.close(SIGNED_OUT)

    async def _listen(self) -> None:
        """Hear the topic for as long as we live; after a lost connection, look for what was missed."""
        while True:
            with contextlib.suppress(RedisError, OSError):
                async with self._redis.pubsub(ignore_subscribe_messages=True) as topic:
                    await topic.subscribe(wakeups.TOPIC)
                    async for message in topic.listen():
                        bundle = wakeups.read_bundle(message["data"])
                        if bundle.origin != wakeups.ORIGIN:
                            self.hear(bundle)
            log.warning("wakeups_away")
            await asyncio.sleep(1)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            now = loop.time()
            for socket in list(self.sockets):
                socket.keep(now)
            await self.presence.keep(now)

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                for channel, last in (await queries.positions(list(self.feeds))).items():
                    if (feed := self.feeds.get(channel)) is not None:
                        feed.exists(last)
            except Exception as error:  # the database may be away; the next round must come
                log.warning("feeds_not_checked", error=type(error).__name__)

    async def _watch_sessions(self) -> None:
        """Close sockets of sessions whose sign-out was not heard."""
        while True:
            await asyncio.sleep(SESSION_SECONDS)
            held = {socket.actor.session_id for socket in self.sockets if socket.actor and socket.actor.session_id}
            for still_signed_in in SESSIONS if held else ():
                try:
                    self._close_sessions(held - await still_signed_in(held))
                except Exception as error:  # as above
                    log.warning("sessions_not_checked", error=type(error).__name__)


class Subscribed:
    """A subscription about to begin: `result` is the answer; `begin()` lets publications flow. No await may stand between the two."""

    __slots__ = ("_feed", "_hub", "_socket", "missed")

    def __init__(self, hub: Hub, feed: Feed, socket: Socket, missed: list[Publication] | None) -> None:
        self._hub, self._feed, self._socket, self.missed = hub, feed, socket, missed

    def result(self, *, recovering: bool) -> dict[str, object]:
        result: dict[str, object] = {"recoverable": True, "positioned": True, "epoch": self._hub.epoch, "offset": self._feed.last}
        if recovering:
            result |= {"was_recovering": True, "recovered": self.missed is not None}
            result["publications"] = [{"data": data, "offset": offset} for offset, data in self.missed or ()]
        return result

    def begin(self) -> None:
        if self._socket.closed or self._socket not in self._hub.sockets:
            self.cancel()
        else:
            self._feed.sockets.add(self._socket)

    def cancel(self) -> None:
        self._socket.channels.discard(self._feed.channel)
        self._hub._release(self._feed)
