"""Messages into the database: any number of them, in any conversations, with three statements of one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.db import asyncpg_of, to_json
from common.deeds import after_commit
from common.errors import DomainError
from common.live import wakeups
from common.live.wakeups import Passing, Wakeup
from marvec.chat.errors import BadMessage, Blocked, NoConversation, NotYourMessageId
from marvec.chat.schemas import CLIENT_ID_MOST, TEXT_MOST, Draft, MessageOut
from marvec.chat.warnings import warning_of

TELL = "chat.tell_absent"
TELL_AFTER = timedelta(seconds=20)  # who looks at the conversation will have read it by then

# In the order of ids, so that two transactions never wait for each other in a circle. Numbering needs the lock; reading does not.
LOCK = "SELECT id, people FROM conversations WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
# After the lock, hence with a snapshot that sees all that was numbered before. (conversation, author, client id), place by place.
ASK = """
SELECT d.place, m.seq, m.author_id, m.text, m.at, m.card, m.warning,
    EXISTS (SELECT FROM chat_blocks b WHERE (b.blocker_id = ANY(c.people) AND b.blocked_id = d.author_id)
                                         OR (b.blocker_id = d.author_id AND b.blocked_id = ANY(c.people))) AS blocked
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS d (conversation_id, author_id, client_id, place)
JOIN conversations c ON c.id = d.conversation_id
LEFT JOIN messages m ON m.conversation_id = d.conversation_id AND m.client_id = d.client_id
"""
# Numbers, messages, the author's own watermark, and who is to be told: those who were not promised a notification since they last read.
WRITE = """
WITH given AS (
    SELECT *, row_number() OVER (PARTITION BY conversation_id ORDER BY place) AS number
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
        WITH ORDINALITY AS d (conversation_id, author_id, client_id, text, card, warning, place)
), counted AS (
    UPDATE conversations c SET last_seq = c.last_seq + g.count, last_at = $7
    FROM (SELECT conversation_id, count(*) FROM given GROUP BY 1) g WHERE c.id = g.conversation_id
    RETURNING c.id, c.last_seq, c.last_seq - g.count AS base
), written AS (
    INSERT INTO messages (conversation_id, seq, client_id, author_id, text, card, warning, at)
    SELECT g.conversation_id, c.base + g.number, g.client_id, g.author_id, g.text, g.card::jsonb, g.warning, $7
    FROM given g JOIN counted c ON c.id = g.conversation_id ORDER BY g.conversation_id, g.number
    RETURNING conversation_id, seq, client_id
), told AS (
    UPDATE conversation_people p SET told_seq = c.last_seq
    FROM counted c WHERE p.conversation_id = c.id AND p.told_seq <= p.read_seq
        AND EXISTS (SELECT FROM given g WHERE g.conversation_id = c.id AND g.author_id <> p.person_id)
    RETURNING p.conversation_id, p.person_id
)
SELECT conversation_id, seq, client_id, NULL::uuid AS person_id FROM written
UNION ALL SELECT conversation_id, NULL, NULL, person_id FROM told
"""
Outcome = MessageOut | DomainError
Key = tuple[UUID, str]  # conversation, client id


async def write(session: AsyncSession, drafts: Sequence[Draft]) -> list[Outcome]:
    """Write what can be written and say for each draft what became of it; one that is refused does not hold the others back.

    A draft whose client id is already in the conversation gets the message that stands there. Subscribers are woken after COMMIT.
    """
    connection = await asyncpg_of(session)
    people = await _lock(connection, drafts)
    outcomes = await _judge_all(connection, drafts, people)
    fresh: dict[Key, list[int]] = {}
    for place, draft in enumerate(drafts):
        if place not in outcomes:
            fresh.setdefault((draft.conversation_id, draft.client_id), []).append(place)
    if fresh:
        # Of each key the first is written; others of the same key (sent twice in one moment) share its message.
        written = await _insert(session, connection, [drafts[places[0]] for places in fresh.values()])
        _wake(session, list(written.values()), people)
        for key, places in fresh.items():
            for place in places:
                outcomes[place] = written[key] if drafts[place].author_id == written[key].author_id else NotYourMessageId()
    return [outcomes[place] for place in range(len(drafts))]


async def _lock(connection: asyncpg.Connection, drafts: Sequence[Draft]) -> dict[UUID, frozenset[UUID]]:
    rows = await connection.fetch(LOCK, list({draft.conversation_id for draft in drafts}))
    return {row["id"]: frozenset(row["people"]) for row in rows}


async def _judge_all(connection: asyncpg.Connection, drafts: Sequence[Draft], people: dict[UUID, frozenset[UUID]]) -> dict[int, Outcome]:
    """By place: refusals, and messages that stand already; what is to be written is left out."""
    columns = [draft.conversation_id for draft in drafts], [draft.author_id for draft in drafts], [draft.client_id for draft in drafts]
    known = {row["place"] - 1: row for row in await connection.fetch(ASK, *columns)}
    outcomes: dict[int, Outcome] = {}
    for place, draft in enumerate(drafts):
        takes_part = draft.author_id in people.get(draft.conversation_id, ())
        outcome = _fault_of(draft) or (_judge(draft, known[place]) if takes_part else NoConversation())
        if outcome is not None:
            outcomes[place] = outcome
    return outcomes


def _judge(draft: Draft, known: Any) -> Outcome | None:
    if known["seq"] is None:
        return Blocked() if known["blocked"] and draft.card is None else None
    if known["author_id"] != draft.author_id:
        return NotYourMessageId()
    card = msgspec.json.decode(known["card"]) if isinstance(known["card"], str) else known["card"]  # sessions give jsonb as text
    return _out(draft, known["seq"], known["at"], card, known["warning"], text=known["text"])


async def _insert(session: AsyncSession, connection: asyncpg.Connection, drafts: list[Draft]) -> dict[Key, MessageOut]:
    """Write them all, and promise a notification to whom WRITE names."""
    now = clock.now()
    warnings = [warning_of(draft.text) if draft.card is None else None for draft in drafts]
    cards = [msgspec.to_builtins(draft.card) if draft.card else None for draft in drafts]
    rows = await connection.fetch(
        WRITE,
        [draft.conversation_id for draft in drafts],
        [draft.author_id for draft in drafts],
        [draft.client_id for draft in drafts],
        [draft.text for draft in drafts],
        [to_json(card) if card else None for card in cards],
        warnings,
        now,
    )
    for row in rows:
        if row["person_id"] is not None:
            ids = {"conversation_id": str(row["conversation_id"]), "person_id": str(row["person_id"])}
            await outbox.enqueue(session, TELL, run_at=now + TELL_AFTER, **ids)
    seqs = {(row["conversation_id"], row["client_id"]): row["seq"] for row in rows}
    return {
        (draft.conversation_id, draft.client_id): _out(draft, seqs[draft.conversation_id, draft.client_id], now, card, warning)
        for draft, card, warning in zip(drafts, cards, warnings, strict=True)
    }


def _out(draft: Draft, seq: int, at: datetime, card: Any, warning: str | None, *, text: str | None = None) -> MessageOut:
    said = draft.text if text is None else text
    return MessageOut(draft.conversation_id, seq, draft.client_id, draft.author_id, said, at, card, warning)


def _wake(session: AsyncSession, written: list[MessageOut], people: dict[UUID, frozenset[UUID]]) -> None:
    """The messages to the conversation's channel, and a passing word to everybody's own channel: something is to be read."""

    async def wake() -> None:
        woken = [Wakeup(f"chat:{one.conversation_id}", one.seq, msgspec.Raw(_encode(one))) for one in written]
        last = {one.conversation_id: one for one in written}
        passing = [
            Passing(f"person:{person_id}", msgspec.Raw(_encode({"type": "chat", "conversation": one.conversation_id, "seq": one.seq})))
            for one in last.values()
            for person_id in people[one.conversation_id] - {one.author_id}
        ]
        await wakeups.publish(woken, passing=passing)

    after_commit(session, wake)


_encode = msgspec.json.Encoder().encode


def _fault_of(draft: Draft) -> BadMessage | None:
    """What is wrong with a message by itself, before anything is asked of the database."""
    empty = not draft.text.strip() and draft.card is None
    is_fine = len(draft.text) <= TEXT_MOST and 0 < len(draft.client_id) <= CLIENT_ID_MOST
    return None if is_fine and not empty and "\0" not in draft.text + draft.client_id else BadMessage()
