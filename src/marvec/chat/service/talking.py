"""Opening a conversation, and saying something within another room's transaction."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, ids
from common.errors import DomainError
from marvec.chat.models import Conversation, Participant
from marvec.chat.schemas import Card, Draft, MessageOut
from marvec.chat.service.writing import write


async def open_conversation(session: AsyncSession, *, kind: str, subject_id: UUID | None, people: set[UUID], title: str) -> Conversation:
    """The one conversation of these people about this subject, made when there is none yet."""
    now, named = clock.now(), sorted(people)
    row = {"id": ids.uuid7(), "kind": kind, "subject_id": subject_id, "people": named, "title": title, "last_seq": 0}
    made = await session.scalar(
        insert(Conversation)
        .values(row | {"last_at": now, "created_at": now})
        .on_conflict_do_nothing(constraint="uq_conversations_kind_subject_id_people")
        .returning(col(Conversation.id))
    )
    if made is not None:
        places = [{"conversation_id": made, "person_id": person_id, "read_seq": 0, "told_seq": 0} for person_id in named]
        await session.execute(insert(Participant).values(places))
    same = col(Conversation.subject_id).is_not_distinct_from(subject_id)
    found = await session.scalar(select(Conversation).where(col(Conversation.kind) == kind, same, col(Conversation.people) == named))
    assert found is not None
    return found


async def post(
    session: AsyncSession, author_id: UUID, conversation_id: UUID, *, client_id: str, text: str, card: Card | None = None
) -> MessageOut:
    """Say something in the caller's transaction (an offer's card beside the offer). Again with the same client id: the same message.

    Raises NoConversation, BadMessage, Blocked (a card passes: it is a fact, not a word).
    """
    (outcome,) = await write(session, [Draft(conversation_id, author_id, client_id, text, card)])
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome
