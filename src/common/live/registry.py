"""What the domains offer at the door: namespaces of channels, and methods that can be called."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.actor import Actor

MaySubscribe = Callable[[Actor, str], Awaitable[bool]]
Read = Callable[[str, int, int], Awaitable[list[tuple[int, Any]]]]
Positions = Callable[[list[str]], Awaitable[dict[str, int]]]
Publish = Callable[[Actor, str, Any], Awaitable[None]]
Method = Callable[[Actor, Any], Awaitable[Any]]
StillSignedIn = Callable[[set[UUID]], Awaitable[set[UUID]]]


@dataclass(frozen=True, slots=True)
class Namespace:
    """The channels `prefix:key` of one domain.

    `may_subscribe(actor, key)`: who may read (subscribe, history, presence).
    `read(key, after, limit)`: publications `(offset, data)` with offset > after, in order, without a gap.
    `positions(keys)`: the last offset of each key; one that is missing counts as 0.
    Both None: the channel lives in our own tables and is written by `tell`. A domain that gives them keeps its own stream.
    `publish(actor, key, data)`: what a client's publish means; None: clients cannot publish.
    `presence`: whether who is there is kept and shown.
    """

    prefix: str
    may_subscribe: MaySubscribe
    read: Read | None = None
    positions: Positions | None = None
    publish: Publish | None = None
    presence: bool = False


NAMESPACES: dict[str, Namespace] = {}
METHODS: dict[str, Method] = {}
SESSIONS: list[StillSignedIn] = []


def register(namespace: Namespace) -> Namespace:
    """Open the namespace at the door. Raises ValueError when its prefix is taken."""
    if NAMESPACES.setdefault(namespace.prefix, namespace) is not namespace:
        raise ValueError(f"two namespaces are called {namespace.prefix}")
    return namespace


def rpc(name: str) -> Callable[[Method], Method]:
    """Register `async def f(actor, data) -> JSON value` as the method `name`; a DomainError becomes the caller's error reply."""

    def offer(function: Method) -> Method:
        if METHODS.setdefault(name, function) is not function:
            raise ValueError(f"two methods are called {name}")
        return function

    return offer


def sessions(function: StillSignedIn) -> StillSignedIn:
    """Register `async def f(session_ids) -> those still signed in`: every minute the sockets of the others are closed."""
    SESSIONS.append(function)
    return function


def find(channel: str) -> tuple[Namespace, str] | None:
    """The namespace of a channel and the key within it; None for a channel that nobody owns."""
    prefix, colon, key = channel.partition(":")
    namespace = NAMESPACES.get(prefix)
    return (namespace, key) if namespace is not None and colon and key else None
