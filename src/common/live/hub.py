"""The hub: this process's sockets, and the channels that they follow.

A wake-up from Redis (or from this very process) brings most publications; once in CHECK_SECONDS one query looks for those whose wake-up was
lost, so that without Redis people see the same, a little later. Which sessions, tokens and roles ended it learns from the database alone.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from redis.asyncio import Redis

from common import servers
from common.actor import Actor
from common.live import queries, wakeups
from common.live.errors import (
    ALREADY_SUBSCRIBED,
    FORCE_RECONNECT,
    LIMIT_EXCEEDED,
    SHUTDOWN,
    SIGNED_OUT,
    TOO_MANY_SOCKETS,
)
from common.live.feed import Feed
from common.live.presence import Presence
from common.live.registry import Namespace, actors_now
from common.live.socket import Socket
from common.live.subscribing import Subscription
from common.live.wakeups import Bundle
from common.queue import AWAY, LIMIT, LIMITS
from common.settings import Settings

log = structlog.get_logger(__name__)
CHECK_SECONDS = 1.5
ENDINGS_SECONDS = 1.0
LATE = timedelta(seconds=10)  # an ending is dated before its commit: it may show behind younger ones
REVIEW_SECONDS = 60.0
QUIET_SECONDS = 5.0  # without a wake-up, until the topic is asked whether it is still there
MOST_CHANNELS = 200  # subscriptions of one connection
MOST_SOCKETS = 32  # of one person in this process
DRAIN_SECONDS = 3.0  # over which a stopping process spreads its farewells, so that not everybody comes back in one instant
FAREWELL_SECONDS = 1.0  # for a peer to take the last of them


class Hub:
    def __init__(self, settings: Settings) -> None:
        self.sockets: set[Socket] = set()
        self.feeds: dict[str, Feed] = {}
        self.epoch = ""
        self.draining = False
        self._deserted = asyncio.Event()
        self._deserted.set()
        self._crowd: dict[UUID, set[Socket]] = defaultdict(set)
        self._most_sockets = int(MOST_SOCKETS * settings.pace) or 1
        self._ended: set[UUID] = set()  # endings of late that were heard of
        self._ended_until: datetime | None = None
        self._redis = servers.redis(settings.redis_url, Redis, **LIMITS)
        self.presence = Presence(self._redis)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        self.epoch = await queries.epoch()
        await self._close_ended()
        wakeups.HEARERS.append(self.hear)
        self._tasks = [
            asyncio.create_task(beat) for beat in (self._listen(), self._keep(), self._check(), self._watch_endings(), self._review_all())
        ]

    async def close(self) -> None:
        wakeups.HEARERS.remove(self.hear)
        for socket in list(self.sockets):
            socket.close(SHUTDOWN)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for feed in self.feeds.values():
            feed.stop()
        await self.presence.close()
        await self._redis.aclose()

    def hear(self, bundle: Bundle) -> None:
        """Carry a bundle of wake-ups to those whom it concerns here."""
        for one in bundle.woken:
            if (feed := self.feeds.get(one.channel)) is not None:
                feed.woken(one.offset, one.data)
        for signal in bundle.passing:
            if (feed := self.feeds.get(signal.channel)) is not None:
                feed.passing(signal.data, signal.strangers)
        if bundle.gone is not None:
            self._close_keys({bundle.gone})

    async def admit(self, socket: Socket, actor: Actor) -> Actor:
        """The actor as he is now, if his key stands. Raises SIGNED_OUT, TOO_MANY_SOCKETS."""
        socket.claimed = actor  # from now on an end of the key closes this socket, too
        if actor.key is not None:
            now = (await actors_now({actor.key})).get(actor.key)
            if now is None:
                raise SIGNED_OUT
            actor = now
        if socket.closed:
            raise SHUTDOWN
        crowd = self._crowd[actor.person_id]
        if socket not in crowd and len(crowd) >= self._most_sockets:
            raise TOO_MANY_SOCKETS
        crowd.add(socket)
        socket.actor = actor
        return actor

    async def subscribe(self, socket: Socket, channel: str, namespace: Namespace, since: tuple[int, str] | None) -> Subscription:
        """Let `socket` follow `channel` from now on, or from the position `since` (offset, epoch).

        The caller must push the answer before it awaits anything: the next publication may follow at once.
        """
        if channel in socket.channels:
            raise ALREADY_SUBSCRIBED
        if len(socket.channels) >= MOST_CHANNELS:
            raise LIMIT_EXCEEDED
        socket.channels[channel] = None
        feed = self._hold(channel, namespace)
        try:
            await feed.open()
            missed = await feed.missed(since[0]) if since is not None and since[1] in ("", self.epoch) else None
        except BaseException:
            socket.channels.pop(channel, None)
            self._release(feed)
            raise
        return Subscription(feed, socket, missed, since[0] if since is not None else 0, self._release)

    def unsubscribe(self, socket: Socket, channel: str) -> None:
        self.presence.leave(channel, socket.client)
        if (subscription := socket.channels.get(channel)) is not None:
            subscription.end()

    def leave(self, socket: Socket) -> None:
        """The connection is over, or about to be: nobody sees it any more. Twice is once."""
        for channel in list(socket.channels):
            self.unsubscribe(socket, channel)
        if socket.person_id is not None:
            crowd = self._crowd[socket.person_id]
            crowd.discard(socket)
            if not crowd:
                del self._crowd[socket.person_id]

    def enter(self, socket: Socket) -> None:
        """A connection, of whomever."""
        self.sockets.add(socket)
        self._deserted.clear()
        socket.leave = self.leave

    def forget(self, socket: Socket) -> None:
        """The connection is over."""
        self.leave(socket)
        self.sockets.discard(socket)
        if not self.sockets:
            self._deserted.set()

    async def drain(self) -> None:
        """Ask everybody to come back elsewhere, spread over at most DRAIN_SECONDS; new connections are refused from now on."""
        self.draining = True
        leaving = list(self.sockets)
        pace = min(0.005, DRAIN_SECONDS / max(len(leaving), 1))
        for number, socket in enumerate(leaving, start=1):
            socket.close(SHUTDOWN)
            if number % 20 == 0:
                await asyncio.sleep(20 * pace)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self._deserted.wait()
        for socket in self.sockets:
            socket.let_go()

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

    def _close_keys(self, gone: set[UUID]) -> None:
        for socket in list(self.sockets):
            if socket.claimed is not None and socket.claimed.key in gone:
                socket.close(SIGNED_OUT)

    async def _close_ended(self) -> None:
        """What the database says has ended since we last asked."""
        since = self._ended_until - LATE if self._ended_until is not None else None
        until, recent = await queries.endings_since(since)
        fresh = [ending for ending in recent if ending.id not in self._ended]
        self._close_keys({ending.ended for ending in fresh if ending.kind == "key"})
        people = {ending.ended for ending in fresh if ending.kind == "person"}
        theirs = [socket for socket in self.sockets if socket.claimed is not None and socket.claimed.person_id in people]
        await self._review(theirs)
        for socket in theirs:
            if socket.actor is None:  # on its way in, perhaps with the role that was taken
                socket.close(FORCE_RECONNECT)
        self._ended, self._ended_until = {ending.id for ending in recent}, until

    async def _review(self, sockets: Iterable[Socket]) -> None:
        """Look at the keys of these again: who has none any more goes, who lost a role comes back without it."""
        held = [(socket, socket.actor) for socket in sockets if socket.actor is not None and socket.actor.key is not None]
        found = await actors_now({actor.key for _, actor in held if actor.key is not None})
        for socket, actor in held:
            now = found.get(actor.key) if actor.key is not None else None
            if now is None:
                socket.close(SIGNED_OUT)
            elif actor.grants - now.grants:
                socket.close(FORCE_RECONNECT)
            else:
                socket.actor = now

    async def _listen(self) -> None:
        """Hear the topic for as long as we live; what was missed in between is looked for in the database."""
        while True:
            try:
                await self._hear_topic()
            except AWAY as error:
                log.warning("wakeups_away", error=type(error).__name__)
            await asyncio.sleep(1)

    async def _hear_topic(self) -> None:
        async with self._redis.pubsub() as topic:
            async with asyncio.timeout(2 * LIMIT):
                await topic.subscribe(wakeups.TOPIC)
            asked = False
            while True:
                message = await topic.get_message(timeout=LIMIT if asked else QUIET_SECONDS)
                if message is None and asked:
                    raise TimeoutError("the topic is silent")
                asked = message is None
                if message is None:
                    async with asyncio.timeout(LIMIT):
                        await topic.ping()
                elif message["type"] == "message":
                    bundle = wakeups.read_bundle(message["data"])
                    if bundle.origin != wakeups.ORIGIN:
                        self.hear(bundle)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            now = loop.time()
            for socket in list(self.sockets):
                socket.keep(now)
            self.presence.keep(now)

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                for channel, last in (await queries.positions(list(self.feeds))).items():
                    if (feed := self.feeds.get(channel)) is not None:
                        feed.exists(last)
            except Exception as error:  # the database may be away; the next round must come
                log.warning("feeds_not_checked", error=type(error).__name__)

    async def _watch_endings(self) -> None:
        while True:
            await asyncio.sleep(ENDINGS_SECONDS)
            try:
                await self._close_ended()
            except Exception as error:  # as above
                log.warning("endings_not_read", error=type(error).__name__)

    async def _review_all(self) -> None:
        """Once in a while, all keys: some end without a word, when their time has come."""
        while True:
            await asyncio.sleep(REVIEW_SECONDS)
            try:
                await self._review(self.sockets)
            except Exception as error:  # as above
                log.warning("keys_not_reviewed", error=type(error).__name__)
