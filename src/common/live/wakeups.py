"""Wake-ups: one pub/sub topic for the whole city. Small publications ride along; anybody who misses one looks in the database."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from common import queue

TOPIC = "marvec:live"
INLINE_BYTES = 16 * 1024  # a larger publication is read from the database by those who need it
NOTHING = msgspec.Raw(b"null")


class Wakeup(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The publication `data` (JSON text, or `null` when it is to be read) stands at `offset` of `channel`."""

    channel: str
    offset: int
    data: msgspec.Raw = NOTHING


class Passing(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A signal that is not stored and has no offset (somebody is typing): who misses it misses nothing."""

    channel: str
    data: msgspec.Raw


class Bundle(msgspec.Struct, omit_defaults=True, frozen=True, gc=False):
    """One message on the topic."""

    woken: list[Wakeup] = []
    passing: list[Passing] = []
    gone: UUID | None = None  # this signed-in session is over: close its sockets


_encoder = msgspec.json.Encoder()
read_bundle = msgspec.json.Decoder(Bundle).decode


async def publish(woken: Iterable[Wakeup], *, passing: Iterable[Passing] = (), gone: UUID | None = None) -> None:
    """Send one bundle; silent when Redis is away."""
    small = [one if len(one.data) <= INLINE_BYTES else Wakeup(one.channel, one.offset) for one in woken]
    await queue.publish(TOPIC, _encoder.encode(Bundle(small, list(passing), gone)))
