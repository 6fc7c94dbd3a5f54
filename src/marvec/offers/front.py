"""What offers bring to the talk they are made in: the newest, with what may be done about it."""

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Piece
from marvec.offers import policy, queries
from marvec.offers.wording import STATES

if TYPE_CHECKING:
    from marvec.chat.models import Conversation


@front.beside("conversation", "marvec.offers")
async def newest_offer(session: AsyncSession, visitor: Actor | None, conversation: "Conversation") -> Piece | None:
    found = await queries.of_conversation(session, conversation.id, limit=1)
    if not found or visitor is None:
        return None
    return Piece("offers/_newest.html", {"offer": found[0], "answers": policy.answers_for(visitor.person_id, found[0]), "states": STATES})
