"""Wake-ups: one pub/sub topic for the whole city. Small publications ride along; anybody who misses one looks in the database."""

import os
from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

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
    """A signal that is not stored and has no offset (somebody is typing): who misses it misses nothing. Not for `strangers`."""

    channel: str
    data: msgspec.Raw
    strangers: list[UUID] = []


class Bundle(msgspec.Struct, omit_defaults=True, frozen=True, gc=False):
    """One message on the topic. `origin` is the process that sent it and has heard it already."""

    origin: str
    woken: list[Wakeup] = []
    passing: list[Passing] = []
    gone: UUID | None = None  # this session or token is over: close its sockets


ORIGIN = ""
HEARERS: list[Callable[[Bundle], None]] = []
_encode = msgspec.json.Encoder().encode
read_bundle = msgspec.json.Decoder(Bundle).decode


def _name_process() -> None:
    """Each process its own name: forked ones share what was made at import, and would take each other's word for their own."""
    global ORIGIN  # noqa: PLW0603  the process's
    ORIGIN = uuid4().hex


_name_process()
os.register_at_fork(after_in_child=_name_process)


async def publish(woken: Iterable[Wakeup] = (), *, passing: Iterable[Passing] = (), gone: UUID | None = None) -> None:
    """Tell this process at once and the others through Redis, for which nobody waits."""
    bundle = Bundle(ORIGIN, list(woken), list(passing), gone)
    for hear in HEARERS:
        hear(bundle)
    small = [one if len(one.data) <= INLINE_BYTES else Wakeup(one.channel, one.offset) for one in bundle.woken]
    await queue.publish(TOPIC, _encode(Bundle(ORIGIN, small, bundle.passing, gone)))
