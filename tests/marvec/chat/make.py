"""Small builders: two people and their talk."""

from typing import Any
from uuid import UUID

from common import ids
from common.actor import Actor
from common.db import hot, unit_of_work
from marvec.chat import service
from marvec.chat.schemas import Draft, MessageOut


def person(name: str = "Daeng Ngalle") -> Actor:
    return Actor(ids.uuid7(), name)


async def conversation(*people: Actor, kind: str = "listing", subject_id: UUID | None = None, title: str = "Songkolo") -> UUID:
    async with unit_of_work() as session:
        opened = await service.open_conversation(
            session, kind=kind, subject_id=subject_id or ids.uuid7(), people={one.person_id for one in people}, title=title
        )
    return opened.id


async def say(author: Actor, conversation_id: UUID, text: str, client_id: str | None = None) -> MessageOut:
    return await service.send(Draft(conversation_id, author.person_id, client_id or str(ids.uuid7()), text))


async def stored(conversation_id: UUID) -> list[tuple[Any, ...]]:
    async with hot() as connection:
        rows = await connection.fetch("SELECT seq, author_id, text FROM messages WHERE conversation_id = $1 ORDER BY seq", conversation_id)
    return [tuple(row) for row in rows]


async def known(actor: Actor, phone: str) -> None:
    """The actor as an account of the house."""
    sql = "INSERT INTO person (id, name, phone, password_hash, locale, created_at) VALUES ($1, $2, $3, '$argon2id$', 'id', now())"
    async with hot() as connection:
        await connection.execute(sql, actor.person_id, actor.name, phone)
