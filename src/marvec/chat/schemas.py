"""What is said, as it travels. msgspec, because each of these is made for every message."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from pydantic import BaseModel, Field

TEXT_MOST = 4000
CLIENT_ID_MOST = 64
SEQ_MOST = 2**63 - 1  # what a column of the database holds


class Card(msgspec.Struct, frozen=True):
    """Something of another room within the talk: its kind, its id, and a snapshot to show (JSON)."""

    kind: str
    id: UUID
    snapshot: dict[str, Any]


class Draft(msgspec.Struct, frozen=True):
    """A message on its way in."""

    conversation_id: UUID
    author_id: UUID
    client_id: str
    text: str
    card: Card | None = None


class MessageOut(msgspec.Struct, frozen=True):
    """A message as it stands. `warning` is a rule's code (`warnings.py`) that its receiver is shown the sentence of."""

    conversation_id: UUID
    seq: int
    client_id: str
    author_id: UUID
    text: str
    at: datetime
    card: dict[str, Any] | None = None
    warning: str | None = None
    type: str = "message"


class Said(msgspec.Struct, frozen=True):
    """`chat.send` over the socket."""

    conversation: UUID
    client_id: str
    text: str


class ReadUpTo(msgspec.Struct, frozen=True):
    """`chat.read` over the socket."""

    conversation: UUID
    seq: Annotated[int, msgspec.Meta(ge=0, le=SEQ_MOST)]


class Typing(msgspec.Struct, frozen=True):
    """`chat.typing` over the socket."""

    conversation: UUID


class SendMessage(BaseModel):
    """`client_id` is the sender's own name for the message, unique in the conversation: sending it again answers the same message."""

    client_id: str = Field(min_length=1, max_length=CLIENT_ID_MOST)
    text: str = Field(min_length=1, max_length=TEXT_MOST)


class AskSeller(BaseModel):
    """A buyer asks the seller of a visible listing."""

    listing_id: UUID


class OpenedOut(BaseModel):
    id: UUID


class ReadMessages(BaseModel):
    seq: int = Field(ge=0, le=SEQ_MOST)


class ReportMessage(BaseModel):
    reason: str = Field(min_length=1, max_length=500)


class ConversationOut(BaseModel):
    """A line of the list. `unread`: what others said above the watermark, at most 100; `last_text` is empty when nothing was said."""

    id: UUID
    kind: str
    subject_id: UUID | None
    title: str
    people: list[UUID]
    names: list[str] = []
    last_seq: int
    last_at: datetime
    last_text: str
    read_seq: int
    unread: int
