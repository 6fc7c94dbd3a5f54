"""What the talk keeps of a person: one's own words. The others' words are theirs."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import personal
from marvec.chat.models import Message, Participant

MOST = 50_000  # the newest


@personal.exports("pesan-saya")
async def written(session: AsyncSession, person_id: UUID) -> Any:
    """Found by one's conversations, whose messages have an index; the author's column has none."""
    mine = select(col(Participant.conversation_id)).where(col(Participant.person_id) == person_id)
    said = select(col(Message.conversation_id), col(Message.at), col(Message.text)).where(col(Message.conversation_id).in_(mine))
    rows = await session.execute(said.where(col(Message.author_id) == person_id).order_by(col(Message.at).desc()).limit(MOST))
    return [{"conversation": row.conversation_id, "at": row.at, "text": row.text} for row in rows]
