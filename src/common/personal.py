"""What rooms keep of a person: what goes into the download of one's data, what keeps an account open, what is forgotten with it.

Floors meet here: a room's `personal.py` registers with `@exports`, `@hinders` and `@forgets`; the roof imports every one of them
(`site.load_personal`), and `common.account` asks all of them (UU 27/2022 on personal data, articles 6, 8 and 13).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why an account cannot be closed yet: `text` in the person's language, `link` a path where it can be ended."""

    text: str
    link: str


Export = Callable[[AsyncSession, UUID], Awaitable[Any]]
Hinder = Callable[[AsyncSession, UUID], Awaitable[Sequence[Hindrance]]]
Forget = Callable[[AsyncSession, UUID], Awaitable[None]]
Asked = TypeVar("Asked", Export, Hinder, Forget)
EXPORTS: dict[str, Export] = {}
HINDERS: dict[str, Hinder] = {}
FORGETS: dict[str, Forget] = {}


def exports(name: str) -> Callable[[Export], Export]:
    """Register `async f(session, person_id)`: JSON values that become `<name>.json` in the person's own download."""
    return _into(EXPORTS, name)


def hinders(name: str) -> Callable[[Hinder], Hinder]:
    """Register `async f(session, person_id)`: what is under way and must end before the account can be closed."""
    return _into(HINDERS, name)


def forgets(name: str) -> Callable[[Forget], Forget]:
    """Register `async f(session, person_id)`: delete or anonymise what law and ledger let go. Runs once, in the closing transaction."""
    return _into(FORGETS, name)


async def all_of(session: AsyncSession, person_id: UUID) -> dict[str, Any]:
    """Every room's export, by file name without ending."""
    return {name: await export(session, person_id) for name, export in sorted(EXPORTS.items())}


async def hindrances_of(session: AsyncSession, person_id: UUID) -> list[Hindrance]:
    """Everything that keeps the account open; empty when it may be closed."""
    return [one for hinder in HINDERS.values() for one in await hinder(session, person_id)]


async def forget(session: AsyncSession, person_id: UUID) -> None:
    """Let every room forget."""
    for deed in FORGETS.values():
        await deed(session, person_id)


def _into(registry: dict[str, Asked], name: str) -> Callable[[Asked], Asked]:
    def register(ask: Asked) -> Asked:
        registry[name] = ask
        return ask

    return register
