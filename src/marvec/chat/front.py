"""What the first page says of the talk: conversations with something unread."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Waiting
from common.i18n import ngettext
from marvec.chat import queries


@front.waits("marvec.chat")
async def waiting(session: AsyncSession, actor: Actor) -> Sequence[Waiting]:
    unread = await queries.unread_of(session, actor.person_id)
    words = ngettext("%(n)s percakapan belum dibaca", "%(n)s percakapan belum dibaca", unread)
    return [Waiting(words, "/pesan", "chat", urgent=True)] if unread else []
