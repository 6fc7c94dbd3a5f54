"""What the domains offer at the door: namespaces of channels, and methods that can be called. Each names the scope that a token needs."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.actor import Actor

MaySubscribe = Callable[[Actor, str], Awaitable[bool]]
Spelling = Callable[[str], str]
Read = Callable[[str, int, int], Awaitable[list[tuple[int, Any]]]]
Positions = Callable[[list[str]], Awaitable[dict[str, int]]]
Publish = Callable[[Actor, str, Any], Awaitable[None]]
Strangers = Callable[[UUID, str], Awaitable[Collection[UUID]]]
Method = Callable[[Actor, Any], Awaitable[Any]]
StillLetIn = Callable[[set[UUID]], Awaitable[dict[UUID, Actor]]]

PUBLIC = ""
"""The scope of what every token may use that may connect at all."""


def of_id(key: str) -> str:
    """The one spelling of an id. Raises ValueError."""
    return str(UUID(key))


@dataclass(frozen=True, slots=True)
class Namespace:
    """The channels `prefix:key` of one domain.

    `may_subscribe(actor, key)`: who may read (subscribe, history, presence); a token only with `scope`.
    `spelling(key)`: how the key is written; a channel under another spelling would never be told anything, so it is refused.
    `read(key, after, limit)`: publications `(offset, data)` with offset > after, in order, without a gap.
    `positions(keys)`: the last offset of each key; one that is missing counts as 0.
    Both None: the channel lives in our own tables and is written by `tell`. A domain that gives them keeps its own stream.
    `publish(actor, key, data)`: what a client's publish means, a token's only with `publish_scope`; None: clients cannot publish.
    `presence`: whether who is there is kept and shown; `strangers(person_id, key)`: to whom it is not, nor theirs to the person.
    """

    prefix: str
    may_subscribe: MaySubscribe
    scope: str
    spelling: Spelling = of_id
    read: Read | None = None
    positions: Positions | None = None
    publish: Publish | None = None
    publish_scope: str = "*"
    presence: bool = False
    strangers: Strangers | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A method. `signal`: nothing is lost when one too many of them is refused."""

    method: Method
    scope: str
    signal: bool


NAMESPACES: dict[str, Namespace] = {}
CALLS: dict[str, Call] = {}
KEYS: list[StillLetIn] = []


def register(namespace: Namespace) -> Namespace:
    """Open the namespace at the door. Raises ValueError when its prefix is taken."""
    if NAMESPACES.setdefault(namespace.prefix, namespace) is not namespace:
        raise ValueError(f"two namespaces are called {namespace.prefix}")
    return namespace


def rpc(name: str, *, scope: str, signal: bool = False) -> Callable[[Method], Method]:
    """Register `async def f(actor, data) -> JSON value` as the method `name`; a DomainError becomes the caller's error reply."""

    def offer(function: Method) -> Method:
        if CALLS.setdefault(name, Call(function, scope, signal)).method is not function:
            raise ValueError(f"two methods are called {name}")
        return function

    return offer


def keys(function: StillLetIn) -> StillLetIn:
    """Register `async def f(key_ids) -> the actors behind those sessions and API tokens that stand`."""
    KEYS.append(function)
    return function


async def actors_now(key_ids: set[UUID]) -> dict[UUID, Actor]:
    """By key, as they are now; a key that has ended is missing."""
    found: dict[UUID, Actor] = {}
    for still_let_in in KEYS if key_ids else ():
        found |= await still_let_in(key_ids)
    return found


def find(channel: str) -> tuple[Namespace, str] | None:
    """The namespace of a channel and the key within it; None for a channel that nobody owns."""
    prefix, colon, key = channel.partition(":")
    namespace = NAMESPACES.get(prefix)
    return (namespace, key) if namespace is not None and colon and key else None
