"""What rooms bring to the first page, to the one search, and to pages of rooms below them. Floors meet here: a room puts its word in,
the page reads all of them.

A room's `front.py` registers with `@waits`, `@finds` and `@beside`; the roof imports every one of them (`site.load_fronts`).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a person: `text` in that person's language, `link` a path, `icon` one of our icons, `count` how many."""

    text: str
    link: str
    icon: str = "bell"
    urgent: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer to the search that is no listing: a service of the city. `note` says what to know before the tap."""

    title: str
    link: str
    summary: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one room found. `emergency`: 112 is shown before all else."""

    findings: Sequence[Finding] = ()
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of another room's page: a template of the room that brings it, which finds `shown` in its context as `piece`."""

    template: str
    shown: Mapping[str, Any] = field(default_factory=dict)


AskWaiting = Callable[[AsyncSession, Actor], Awaitable[Sequence[Waiting]]]
AskFound = Callable[[str], Found]
AskPiece = Callable[[AsyncSession, Actor | None, Any], Awaitable[Piece | None]]
Asked = TypeVar("Asked", AskWaiting, AskFound)
WAITING: dict[str, AskWaiting] = {}
FINDERS: dict[str, AskFound] = {}
PIECES: dict[str, dict[str, AskPiece]] = {}
"""Page -> room -> what it brings there."""


def waits(name: str) -> Callable[[AskWaiting], AskWaiting]:
    """Register `async f(session, actor)` under the room's name. It is asked at every first page: at most two indexed reads."""
    return _into(WAITING, name)


def finds(name: str) -> Callable[[AskFound], AskFound]:
    """Register `f(text)`. What it is told is never stored or logged: people type illness and violence into a search."""
    return _into(FINDERS, name)


def beside(page: str, name: str) -> Callable[[AskPiece], AskPiece]:
    """Register `async f(session, visitor, subject)` for a page of a room below ("storefront", "order", "conversation"), by the room's name.

    `subject` is what the page shows; None brings nothing. It is asked at every showing: a few indexed reads at most.
    """

    def register(ask: AskPiece) -> AskPiece:
        PIECES.setdefault(page, {})[name] = ask
        return ask

    return register


async def pieces_for(page: str, session: AsyncSession, visitor: Actor | None, subject: Any) -> list[Piece]:
    """What the rooms bring to this showing of the page, in the order of their registering."""
    found = [await ask(session, visitor, subject) for ask in PIECES.get(page, {}).values()]
    return [piece for piece in found if piece is not None]


async def waiting_for(session: AsyncSession, actor: Actor) -> list[Waiting]:
    """Everything that waits for the person, what is urgent first."""
    found = [one for ask in WAITING.values() for one in await ask(session, actor)]
    return sorted(found, key=lambda one: not one.urgent)


def found_for(text: str) -> Found:
    """What all rooms find, as one answer."""
    answers = [ask(text) for ask in FINDERS.values()]
    return Found([finding for answer in answers for finding in answer.findings], any(answer.emergency for answer in answers))


def _into(registry: dict[str, Asked], name: str) -> Callable[[Asked], Asked]:
    def register(ask: Asked) -> Asked:
        registry[name] = ask
        return ask

    return register
