"""What requests bring to the first page (how many fit one's goods) and to the talk about one (what is looked for)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Piece, Waiting
from common.i18n import ngettext
from marvec.matching import policy, queries
from marvec.matching.errors import NoSuchRequest
from marvec.matching.service.telling import SUBJECT
from marvec.matching.wording import STATES
from marvec.offers.service import Start, starts

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


@starts(SUBJECT)
async def as_it_is_wanted(session: AsyncSession, conversation: "Conversation") -> Start | None:
    """The goods that were told as an answer to the request, as many as are wanted, for no more than there is for them."""
    if conversation.subject_id is None:
        return None
    try:
        request = await queries.by_id(session, conversation.subject_id)
    except NoSuchRequest:
        return None
    fitting = await queries.match_between(session, request.id, conversation.people)
    limit, price = policy.unit_limit(request.budget, request.quantity), fitting.price if fitting else None
    unit_price = min(limit, price) if limit and price else limit or price
    return Start(fitting.listing_id if fitting else None, request.quantity, unit_price, request.needed_at)
