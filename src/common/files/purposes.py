"""What files are for. A room registers its purposes; each says which kinds it takes and who, besides the owner, may read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor

if TYPE_CHECKING:
    from common.files.models import StoredFile

IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
DOCUMENTS = IMAGES | {"application/pdf"}
MayRead = Callable[[AsyncSession, Actor, "StoredFile"], Awaitable[bool]]


About = Callable[[AsyncSession, "StoredFile"], Awaitable[tuple[str, str]]]


async def nobody_else(_: AsyncSession, __: Actor, ___: "StoredFile") -> bool:
    """Only the owner reads."""
    return False


async def by_itself(_: AsyncSession, __: "StoredFile") -> tuple[str, str]:
    """No label, no office."""
    return "", ""


@dataclass(frozen=True)
class Purpose:
    """`about`: what the owner knows the file by, and the office that it was handed in to: for the record of who read it."""

    name: str
    kinds: frozenset[str] = IMAGES
    public: bool = False
    may_read: MayRead = nobody_else
    about: About = by_itself


PURPOSES: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Make a purpose known; called when a room is imported."""
    PURPOSES[purpose.name] = purpose
