"""Who is there: one Redis hash a channel, entries with an end of their own, read on demand.

Nobody waits for its writes: one task carries them. Without Redis each process shows those of its own.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from typing import Any

import msgspec
from redis.asyncio import Redis

from common.actor import Actor
from common.queue import AWAY, LIMIT

KEY = "marvec:presence:"
LIVES_SECONDS = 60  # an entry that is not renewed: its process died
RENEW_SECONDS = 25.0
RETRY_SECONDS = 5.0


class Entry(msgspec.Struct, array_like=True):
    until: float
    person: str
    name: str


Member = tuple[str, str]  # channel, client
_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(Entry).decode


class Presence:
    """This process's share of it."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis  # its annotations mix the answers of the synchronous client in
        self._here: dict[str, dict[str, Actor]] = defaultdict(dict)
        self._unwritten: dict[Member, None] = {}
        self._writing: asyncio.Task[None] | None = None
        self._renew_at = 0.0

    def join(self, channel: str, client: str, actor: Actor) -> None:
        self._here[channel][client] = actor
        self._write_soon((channel, client))

    def leave(self, channel: str, client: str) -> None:
        present = self._here.get(channel, {})
        if present.pop(client, None) is not None:
            self._write_soon((channel, client))
        if not present:
            self._here.pop(channel, None)

    async def who(self, channel: str) -> dict[str, Entry]:
        """Entries by client id."""
        found: dict[bytes, bytes] = {}
        with contextlib.suppress(*AWAY):
            async with asyncio.timeout(LIMIT):
                found = await self._redis.hgetall(KEY + channel)
        now = time.time()
        entries = {client.decode(): _read(entry) for client, entry in found.items()}
        entries = {client: entry for client, entry in entries.items() if entry.until > now and (channel, client) not in self._unwritten}
        return entries | {client: _entry(actor, now) for client, actor in self._here.get(channel, {}).items()}

    def keep(self, now: float) -> None:
        if now >= self._renew_at:
            self._renew_at = now + RENEW_SECONDS
            self._write_soon(*((channel, client) for channel, present in self._here.items() for client in present))

    async def close(self) -> None:
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=LIMIT)
            self._writing.cancel()

    def _write_soon(self, *members: Member) -> None:
        self._unwritten |= dict.fromkeys(members)
        if self._unwritten and (self._writing is None or self._writing.done()):
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        while self._unwritten:
            members = list(self._unwritten)
            try:
                async with asyncio.timeout(LIMIT):
                    await self._pipe(members).execute()
            except AWAY:  # who came is written again soon; who left fades by itself
                self._renew_at = min(self._renew_at, asyncio.get_running_loop().time() + RETRY_SECONDS)
            for member in members:
                self._unwritten.pop(member, None)

    def _pipe(self, members: list[Member]) -> Any:
        pipe, now = self._redis.pipeline(transaction=False), time.time()
        for channel, client in members:
            if (actor := self._here.get(channel, {}).get(client)) is not None:
                pipe.hset(KEY + channel, client, _encode(_entry(actor, now)))
                pipe.expire(KEY + channel, LIVES_SECONDS)
            else:
                pipe.hdel(KEY + channel, client)
        return pipe


def _entry(actor: Actor, now: float) -> Entry:
    return Entry(now + LIVES_SECONDS, str(actor.person_id), actor.name)
