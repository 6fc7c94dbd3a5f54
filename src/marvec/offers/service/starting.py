"""What the form of an offer starts with: what the talk is about. A room that begins talks of a kind of its own says it with `@starts`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marvec.chat import queries as chat
from marvec.chat.service.asking import LISTING
from marvec.listings import queries as listings

if TYPE_CHECKING:
    from marvec.chat.models import Conversation
    from marvec.listings.models import Listing

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Start:
    """`unit_price` in rupiah, None for the listing's own."""

    listing_id: UUID | None = None
    quantity: int = 1
    unit_price: int | None = None
    needed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """Goods to choose from, what the form starts on first; `more` when the two have more than are shown."""

    goods: "list[Listing]" = field(default_factory=list)
    more: bool = False


AskStart = Callable[[AsyncSession, "Conversation"], Awaitable[Start | None]]
STARTS: dict[str, AskStart] = {}


def starts(kind: str) -> Callable[[AskStart], AskStart]:
    """Register `async f(session, conversation)` for talks of that kind; None when it has nothing to say."""

    def register(ask: AskStart) -> AskStart:
        STARTS[kind] = ask
        return ask

    return register


@starts(LISTING)
async def on_the_listing(session: AsyncSession, conversation: "Conversation") -> Start | None:
    return Start(conversation.subject_id)


async def start_of(session: AsyncSession, conversation: "Conversation") -> Start:
    ask = STARTS.get(conversation.kind)
    return (await ask(session, conversation) if ask else None) or Start()


async def choices_in(session: AsyncSession, conversation: "Conversation", words: str = "", first: UUID | None = None) -> Choices:
    """What may be offered in a talk: visible goods of its people whose title has all of `words`; `first` stands before them."""
    people = await chat.people_of(session, conversation.id)
    found = await listings.offered_by(session, people, words=words, limit=MOST_SHOWN + 1)
    more = len(found) > MOST_SHOWN
    top = await listings.visible_by_ids(session, [first]) if first else {}
    mine = [listing for listing in top.values() if listing.seller_id in people]
    return Choices([*mine, *(one for one in found[:MOST_SHOWN] if one.id != first)], more)
