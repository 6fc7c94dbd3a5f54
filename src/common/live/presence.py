"""Who is there: one Redis hash a channel, entries with an end of their own, read on demand. Without Redis, nobody is shown."""

import contextlib
import time
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from common.actor import Actor

KEY = "marvec:presence:"
LIVES_SECONDS = 60  # an entry that is not renewed: its process died
RENEW_SECONDS = 25.0


class Entry(msgspec.Struct, array_like=True):
    until: float
    person: str
    name: str


_encode = msgspec.json.Encoder().encode
_read = msgspec.json.Decoder(Entry).decode


class Presence:
    """This process's share of it."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis  # its annotations mix the answers of the synchronous client in
        self._here: dict[tuple[str, str], Actor] = {}
        self._renew_at = 0.0

    async def join(self, channel: str, client: str, actor: Actor) -> None:
        self._here[channel, client] = actor
        await self._write([(channel, client)])

    async def leave(self, channel: str, client: str) -> None:
        if self._here.pop((channel, client), None) is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.hdel(KEY + channel, client)

    async def who(self, channel: str) -> dict[str, Entry]:
        """Entries by client id."""
        found: dict[bytes, bytes] = {}
        with contextlib.suppress(RedisError, OSError):
            found = await self._redis.hgetall(KEY + channel)
        entries = {client.decode(): _read(entry) for client, entry in found.items()}
        now = time.time()
        return {client: entry for client, entry in entries.items() if entry.until > now}

    async def keep(self, now: float) -> None:
        if now >= self._renew_at:
            self._renew_at = now + RENEW_SECONDS
            await self._write(list(self._here))

    async def _write(self, members: list[tuple[str, str]]) -> None:
        if not members:
            return
        until = time.time() + LIVES_SECONDS
        pipe = self._redis.pipeline(transaction=False)
        for channel, client in members:
            if (actor := self._here.get((channel, client))) is not None:
                pipe.hset(KEY + channel, client, _encode(Entry(until, str(actor.person_id), actor.name)))
                pipe.expire(KEY + channel, LIVES_SECONDS)
        with contextlib.suppress(RedisError, OSError):
            await pipe.execute()
