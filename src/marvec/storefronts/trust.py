"""Why a buyer may trust a shop: signs that are read, never claimed. Rooms above add what they know (permits, orders, swiftness in talk)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from common.i18n import gettext as _
from common.i18n import tanggal
from marvec.storefronts import queries
from marvec.storefronts.models import Storefront
from marvec.storefronts.schemas import Rating


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign in the reader's language: `name` and what is found; `link` is where anybody may check it."""

    name: str
    found: str
    icon: str = "check"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    rating: Rating
    signs: list[Sign]


AskSigns = Callable[[AsyncSession, Storefront], Awaitable[Sequence[Sign]]]
SIGNS: list[AskSigns] = []
"""In the order of registering. Each is one indexed read."""


async def trust_in(session: AsyncSession, shop: Storefront) -> Trust:
    """All signs of a shop."""
    since = Sign(_("Berjualan di sini sejak"), tanggal(shop.created_at, weekday=False), "clock")
    told = [sign for ask in SIGNS for sign in await ask(session, shop)]
    return Trust(await queries.rating_of(session, shop.id), [since, *told])
