"""Reads of the talk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.db import hot
from common.web import paging
from marvec.chat import policy
from marvec.chat.errors import NoConversation
from marvec.chat.models import Block, Conversation, Message, Participant
from marvec.chat.schemas import ConversationOut, MessageOut

LIST = "conversations"
PAGE = 50  # messages a page
_people: dict[UUID, frozenset[UUID]] = {}  # who takes part never changes; the oldest half is forgotten when there are too many
MOST_REMEMBERED = 50_000
MOST_UNREAD = 100  # counted no further
LAST_ANSWERED, FEWEST_ANSWERED = 30, 3
_ANSWERED = text("""
    SELECT count(*) AS answered, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answer.at - asked.at) / 60) AS minutes
    FROM (SELECT conversation_id FROM conversation_people WHERE person_id = :person ORDER BY conversation_id DESC LIMIT :last) mine
    JOIN messages asked ON asked.conversation_id = mine.conversation_id AND asked.seq = 1 AND asked.author_id <> :person
    CROSS JOIN LATERAL (
        SELECT m.at FROM messages m WHERE m.conversation_id = asked.conversation_id AND m.seq BETWEEN 2 AND 20 AND m.author_id = :person
        ORDER BY m.seq LIMIT 1) answer
""")


async def readable_by(session: AsyncSession, actor: Actor, conversation_id: UUID) -> Conversation:
    """The conversation, for a participant. Raises NoConversation otherwise."""
    found = await session.get(Conversation, conversation_id)
    if found is None:
        raise NoConversation
    policy.check_takes_part(found.people, actor.person_id)
    return found


async def people_of(session: AsyncSession, conversation_id: UUID) -> set[UUID]:
    """Who takes part. Raises NoConversation."""
    found = await session.get(Conversation, conversation_id)
    if found is None:
        raise NoConversation
    return set(found.people)


async def remembered_people(conversation_id: UUID) -> frozenset[UUID]:
    """Who takes part, nobody when there is no such conversation; without a session, for the socket's checks."""
    people = _people.get(conversation_id)
    if people is None:
        async with hot() as connection:
            people = frozenset(await connection.fetchval("SELECT people FROM conversations WHERE id = $1", conversation_id) or ())
        if people:
            for forgotten in list(_people)[: MOST_REMEMBERED // 2] if len(_people) >= MOST_REMEMBERED else ():
                del _people[forgotten]
            _people[conversation_id] = people
    return people


async def page_of(session: AsyncSession, actor: Actor, *, cursor: str | None = None, limit: int = 20) -> paging.Page[ConversationOut]:
    """The actor's conversations, the one last spoken in first."""
    columns = (col(Conversation.last_at), col(Conversation.id))
    statement = paging.after(_lines(actor.person_id), columns, paging.keys_of(LIST, cursor), descending=True).limit(limit + 1)
    rows = (await session.execute(statement)).all()
    return paging.page_of(rows, limit, LIST, lambda row: (row[0].last_at, row[0].id), _line)


async def unread_of(session: AsyncSession, person_id: UUID) -> int:
    """In how many conversations something of somebody else waits to be read."""
    waiting = select(func.count()).select_from(Participant)
    return int(await session.scalar(waiting.where(col(Participant.person_id) == person_id, _unread().exists())) or 0)


async def waits_for(session: AsyncSession, conversation_id: UUID, person_id: UUID) -> bool:
    """Whether somebody else said something there that the person has not read."""
    place = col(Participant.conversation_id) == conversation_id, col(Participant.person_id) == person_id
    return bool(await session.scalar(select(_unread().exists()).where(*place)))


async def messages_before(session: AsyncSession, conversation_id: UUID, before: int | None, limit: int = PAGE) -> list[MessageOut]:
    """The last `limit` messages with seq < before (of all, when None), the oldest first."""
    statement = select(Message).where(col(Message.conversation_id) == conversation_id)
    if before is not None:
        statement = statement.where(col(Message.seq) < before)
    rows = (await session.scalars(statement.order_by(col(Message.seq).desc()).limit(limit))).all()
    return [_out(row) for row in reversed(rows)]


async def reported_messages(session: AsyncSession, moderator: Actor, conversation_id: UUID, before: int, limit: int) -> list[MessageOut]:
    """What was said before a reported message, for who decides about it; on record for each who takes part."""
    for person_id in sorted(await people_of(session, conversation_id)):
        await reading.record(
            session, moderator, owner_id=person_id, subject_kind="conversation", subject_id=conversation_id, purpose=Purpose.MODERATION,
            role=Role.OPERATOR,
        )  # fmt: skip
    return await messages_before(session, conversation_id, before, limit)


async def said_between(session: AsyncSession, one: UUID, other: UUID, since: datetime, limit: int) -> list[MessageOut]:
    """The last `limit` messages since then of all talks of these two, the oldest first."""
    talks = [select(col(Participant.conversation_id)).where(col(Participant.person_id) == person_id) for person_id in (one, other)]
    said = select(Message).where(*(col(Message.conversation_id).in_(talk) for talk in talks), col(Message.at) >= since)
    rows = (await session.scalars(said.order_by(col(Message.at).desc(), col(Message.seq).desc()).limit(limit))).all()
    return [_out(row) for row in reversed(rows)]


async def message(session: AsyncSession, conversation_id: UUID, seq: int) -> MessageOut | None:
    row = await session.get(Message, (conversation_id, seq))
    return _out(row) if row is not None else None


async def about(session: AsyncSession, kind: str, subject_id: UUID) -> list[UUID]:
    """The conversations about a subject: one for each circle of people."""
    found = select(col(Conversation.id)).where(col(Conversation.kind) == kind, col(Conversation.subject_id) == subject_id)
    return list(await session.scalars(found))


async def watermarks(session: AsyncSession, conversation_id: UUID) -> dict[UUID, int]:
    """Person -> read up to which seq."""
    rows = await session.execute(
        select(col(Participant.person_id), col(Participant.read_seq)).where(col(Participant.conversation_id) == conversation_id)
    )
    return {row.person_id: row.read_seq for row in rows}


async def usual_minutes_to_answer(session: AsyncSession, person_id: UUID) -> float | None:
    """Median minutes from what somebody asked first to the person's first word after it, in the last conversations of theirs.

    None below `FEWEST_ANSWERED` of them. At most `LAST_ANSWERED` conversations are looked at, each by its first messages.
    """
    row = (await session.execute(_ANSWERED, {"person": person_id, "last": LAST_ANSWERED})).one()
    return float(row.minutes) if row.answered >= FEWEST_ANSWERED else None


async def has_blocked(session: AsyncSession, person_id: UUID, people: Sequence[UUID]) -> bool:
    """Whether the person has blocked one of `people`."""
    mine = select(Block).where(col(Block.blocker_id) == person_id, col(Block.blocked_id).in_(people))
    return bool(await session.scalar(select(mine.exists())))


async def strangers(person_id: UUID, key: str) -> list[UUID]:
    """Who in the conversation `key` neither sees what the person does at this moment nor is seen: one of the two has blocked the other."""
    sql = """
        SELECT b.blocker_id FROM chat_blocks b JOIN conversations c ON b.blocker_id = ANY(c.people) WHERE c.id = $2 AND b.blocked_id = $1
        UNION SELECT b.blocked_id FROM chat_blocks b JOIN conversations c ON b.blocked_id = ANY(c.people)
        WHERE c.id = $2 AND b.blocker_id = $1"""
    async with hot() as connection:
        return [row[0] for row in await connection.fetch(sql, person_id, UUID(key))]


async def messages_after(key: str, after: int, limit: int) -> list[tuple[int, Any]]:
    """The stream of channel `chat:<key>`: a message's seq is its offset."""
    sql = """
        SELECT conversation_id, seq, client_id, author_id, text, at, card, warning FROM messages
        WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"""
    async with hot() as connection:
        rows = await connection.fetch(sql, UUID(key), after, limit)
    return [(row["seq"], dict(row) | {"type": "message"}) for row in rows]


async def positions(keys: list[str]) -> dict[str, int]:
    async with hot() as connection:
        rows = await connection.fetch("SELECT id, last_seq FROM conversations WHERE id = ANY($1)", [UUID(key) for key in keys])
    return {str(row[0]): row[1] for row in rows}


def _unread() -> Any:
    """What others said above a participant's watermark; one's own words are no news, and cost no write."""
    above = col(Message.seq) > col(Participant.read_seq), col(Message.author_id) != col(Participant.person_id)
    return select(col(Message.seq)).where(col(Message.conversation_id) == col(Participant.conversation_id), *above).correlate(Participant)


def _lines(person_id: UUID) -> Any:
    mine = and_(col(Participant.conversation_id) == col(Conversation.id), col(Participant.person_id) == person_id)
    last = and_(col(Message.conversation_id) == col(Conversation.id), col(Message.seq) == col(Conversation.last_seq))
    unread = select(func.count()).select_from(_unread().limit(MOST_UNREAD).subquery()).scalar_subquery()
    statement = select(Conversation, col(Participant.read_seq), col(Message.text), unread)
    return statement.join(Participant, mine).outerjoin(Message, last)


def _line(row: Sequence[Any]) -> ConversationOut:
    conversation, read_seq, last_text, unread = row
    return ConversationOut(
        **conversation.model_dump(include={"id", "kind", "subject_id", "title", "people", "last_seq", "last_at"}),
        last_text=last_text or "",
        read_seq=read_seq,
        unread=unread,
    )


def _out(row: Message) -> MessageOut:
    return MessageOut(row.conversation_id, row.seq, row.client_id, row.author_id, row.text, row.at, row.card, row.warning)
