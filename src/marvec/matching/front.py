"""What requests bring to the first page (how many fit one's goods) and to the talk about one (what is looked for)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Piece, Waiting
from common.i18n import ngettext
from marvec.matching import queries
from marvec.matching.errors import NoSuchRequest
from marvec.matching.service.telling import SUBJECT
from marvec.matching.wording import STATES

if TYPE_CHECKING:
    from marvec.chat.models import Conversation


@front.waits("marvec.matching")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    fitting = await queries.count_chances(session, actor.person_id)
    words = ngettext("%(n)s pembeli mencari barang seperti punya ta’", "%(n)s pembeli mencari barang seperti punya ta’", fitting)
    return [Waiting(words, "/toko-saya/peluang", "diamond")] if fitting else []


@front.beside("conversation", "marvec.matching")
async def request_of(session: AsyncSession, visitor: Actor | None, conversation: "Conversation") -> Piece | None:
    if conversation.kind != SUBJECT or conversation.subject_id is None:
        return None
    try:
        return Piece("matching/_request.html", {"made": await queries.by_id(session, conversation.subject_id), "states": STATES})
    except NoSuchRequest:
        return None
