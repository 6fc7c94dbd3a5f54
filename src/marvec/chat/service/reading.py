"""Watermarks, typing, and telling those who were away."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import live
from common.actor import Actor
from common.db import hot
from common.i18n import N_
from common.identity import queries as identity
from common.notifications import service as notifications
from marvec.chat import policy, queries
from marvec.chat.models import Conversation

READ = """
UPDATE conversation_people p SET read_seq = least($3, c.last_seq) FROM conversations c
WHERE c.id = $1 AND p.conversation_id = c.id AND p.person_id = $2 AND p.read_seq < least($3, c.last_seq)
RETURNING p.read_seq
"""


async def read_up_to(actor: Actor, conversation_id: UUID, seq: int) -> None:
    """Move the actor's watermark forward (never back, never beyond what was said); the others see it. Raises NoConversation."""
    policy.check_takes_part(await queries.remembered_people(conversation_id), actor.person_id)
    async with hot() as connection:
        moved = await connection.fetchval(READ, conversation_id, actor.person_id, seq)
    if moved is not None:
        await _show(actor, conversation_id, {"type": "read", "person": actor.person_id, "seq": moved})


async def typing(actor: Actor, conversation_id: UUID) -> None:
    """Let the others see that the actor writes; not kept. Raises NoConversation."""
    policy.check_takes_part(await queries.remembered_people(conversation_id), actor.person_id)
    await _show(actor, conversation_id, {"type": "typing", "person": actor.person_id})


async def _show(actor: Actor, conversation_id: UUID, data: dict[str, Any]) -> None:
    """What the actor does at this moment, to all but those with whom a block stands."""
    strangers = await queries.strangers(actor.person_id, str(conversation_id))
    await live.pass_on(f"chat:{conversation_id}", data, strangers=strangers)


async def tell_absent(session: AsyncSession, conversation_id: UUID, person_id: UUID) -> None:
    """Notify somebody who still has not read; one notification until the next reading. Silent when everything was read meanwhile."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None or not await queries.waits_for(session, conversation_id, person_id):
        return
    names = await identity.names_of(session, [one for one in conversation.people if one != person_id])
    await notifications.notify(
        session,
        person_id,
        kind="chat.message",
        text=N_("Ada pesan baru dari %(name)s: %(title)s."),
        params={"name": ", ".join(sorted(names.values())), "title": conversation.title},
        link=f"/pesan/{conversation_id}",
    )
