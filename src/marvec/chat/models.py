"""Conversations and what is said in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Computed, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common.db import Table, id_field, utc_field


class Conversation(Table, table=True):
    """`people` (sorted) makes (kind, subject, people) unique; `last_seq` numbers the messages and its row lock orders them."""

    __tablename__ = "conversations"

    id: UUID = id_field()
    kind: str = Field(sa_type=Text)
    subject_id: UUID | None = Field(default=None)
    people: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    title: str = Field(sa_type=Text)
    last_seq: int = Field(default=0, sa_type=BigInteger)
    last_at: datetime = utc_field(default_now=True)
    created_at: datetime = utc_field(default_now=True)


class Participant(Table, table=True):
    """One person's place in a conversation. `read_seq`: read up to here; `told_seq`: the message a notification was promised for."""

    __tablename__ = "conversation_people"

    conversation_id: UUID = Field(primary_key=True, foreign_key="conversations.id")
    person_id: UUID = Field(primary_key=True, index=True)
    read_seq: int = Field(default=0, sa_type=BigInteger)
    told_seq: int = Field(default=0, sa_type=BigInteger)


class Message(Table, table=True):
    """What was said; never changed. `follows` (seq - 1) is a foreign key onto the message before: no gap can be written."""

    __tablename__ = "messages"

    conversation_id: UUID = Field(primary_key=True, foreign_key="conversations.id")
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    follows: int | None = Field(default=None, sa_column=Column(BigInteger, Computed("NULLIF(seq - 1, 0)", persisted=True), nullable=True))
    client_id: str = Field(sa_type=Text)
    author_id: UUID
    text: str = Field(sa_type=Text)
    card: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    warning: str | None = Field(default=None, sa_type=Text)
    at: datetime = utc_field()


class Block(Table, table=True):
    """`blocker_id` hears nothing more from `blocked_id`, nor the other way round."""

    __tablename__ = "chat_blocks"

    blocker_id: UUID = Field(primary_key=True)
    blocked_id: UUID = Field(primary_key=True, index=True)
    at: datetime = utc_field(default_now=True)


class Report(Table, table=True):
    """Somebody asks the house to look at a message; once for each person and message."""

    __tablename__ = "chat_reports"

    conversation_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    reporter_id: UUID = Field(primary_key=True)
    reason: str = Field(sa_type=Text)
    at: datetime = utc_field(default_now=True, index=True)
