"""Keeping the talk decent: block a person, report a message."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, events
from common.actor import Actor
from marvec.chat import queries
from marvec.chat.errors import NothingToReport
from marvec.chat.models import Block, Report


async def block(session: AsyncSession, actor: Actor, conversation_id: UUID) -> None:
    """Stop sending between the actor and the others of this conversation, in all conversations. Raises NoConversation."""
    conversation = await queries.readable_by(session, actor, conversation_id)
    others = [one for one in conversation.people if one != actor.person_id]
    rows = [{"blocker_id": actor.person_id, "blocked_id": other, "at": clock.now()} for other in others]
    await session.execute(insert(Block).values(rows).on_conflict_do_nothing())


async def unblock(session: AsyncSession, actor: Actor, conversation_id: UUID) -> None:
    conversation = await queries.readable_by(session, actor, conversation_id)
    mine = col(Block.blocker_id) == actor.person_id
    await session.execute(delete(Block).where(mine, col(Block.blocked_id).in_(conversation.people)))


async def report(session: AsyncSession, actor: Actor, conversation_id: UUID, seq: int, reason: str) -> None:
    """Ask the house to look at a message. Raises NoConversation, NothingToReport."""
    await queries.readable_by(session, actor, conversation_id)
    if await queries.message(session, conversation_id, seq) is None:
        raise NothingToReport
    row = {"conversation_id": conversation_id, "seq": seq, "reporter_id": actor.person_id, "reason": reason, "at": clock.now()}
    await session.execute(insert(Report).values(row).on_conflict_do_nothing())
    await events.publish(session, events.MessageReported(conversation_id, seq, actor.person_id, reason))
