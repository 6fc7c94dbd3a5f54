"""Messages into the database: any number of them, in any conversations, with three statements of one transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.db import after_commit, asyncpg_of, to_json
from common.errors import DomainError
from common.live import wakeups
from common.live.wakeups import Passing, Wakeup
from marvec.chat import policy
from marvec.chat.errors import Blocked, NoConversation, NotYourMessageId
from marvec.chat.schemas import Draft, MessageOut
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


async def write(session: AsyncSession, drafts: Sequence[Draft]) -> list[Outcome]:
    """Write what can be written and say for each draft what became of it; one that is refused does not hold the others back.

    A draft whose client id is already in the conversation gets the message that stands there. Subscribers are woken after COMMIT.
    """
    outcomes: dict[int, Outcome] = {place: fault for place, draft in enumerate(drafts) if (fault := policy.fault_of(draft))}
    connection = await asyncpg_of(session)
    rows = await connection.fetch(LOCK, list({draft.conversation_id for draft in drafts}))
    people = {row["id"]: frozenset(row["people"]) for row in rows}
    known = await _known(connection, drafts)
    fresh: dict[tuple[UUID, str], list[int]] = {}
    for place, draft in enumerate(drafts):
        if place in outcomes:
            continue
        outcome = _judge(draft, people.get(draft.conversation_id, frozenset()), known.get(place))
        if outcome is not None:
            outcomes[place] = outcome
        else:
            fresh.setdefault((draft.conversation_id, draft.client_id), []).append(place)
    if fresh:
        await _insert(session, connection, drafts, fresh, outcomes, people)
    return [outcomes[place] for place in range(len(drafts))]


async def _known(connection: asyncpg.Connection, drafts: Sequence[Draft]) -> dict[int, Any]:
    columns = [draft.conversation_id for draft in drafts], [draft.author_id for draft in drafts], [draft.client_id for draft in drafts]
    return {row["place"] - 1: row for row in await connection.fetch(ASK, *columns)}


def _judge(draft: Draft, people: frozenset[UUID], known: Any) -> Outcome | None:
    """A refusal, the message that stands already, or None: to be written."""
    if draft.author_id not in people or known is None:
        return NoConversation()
    if known["seq"] is not None:
        return _standing(draft, known)
    return Blocked() if known["blocked"] and draft.card is None else None


def _standing(draft: Draft, row: Any) -> Outcome:
    if row["author_id"] != draft.author_id:
        return NotYourMessageId()
    card = _plain(row["card"])
    return MessageOut(draft.conversation_id, row["seq"], draft.client_id, draft.author_id, row["text"], row["at"], card, row["warning"])


async def _insert(
    session: AsyncSession,
    connection: asyncpg.Connection,
    drafts: Sequence[Draft],
    fresh: dict[tuple[UUID, str], list[int]],
    outcomes: dict[int, Outcome],
    people: dict[UUID, frozenset[UUID]],
) -> None:
    """Write each key's first draft; the others of the same key (sent twice in one moment) share its message."""
    now = clock.now()
    firsts = [drafts[places[0]] for places in fresh.values()]
    warnings = [warning_of(draft.text) if draft.card is None else None for draft in firsts]
    cards = [msgspec.to_builtins(draft.card) if draft.card else None for draft in firsts]
    rows = await connection.fetch(
        WRITE,
        [draft.conversation_id for draft in firsts],
        [draft.author_id for draft in firsts],
        [draft.client_id for draft in firsts],
        [draft.text for draft in firsts],
        [to_json(card) if card else None for card in cards],
        warnings,
        now,
    )
    seqs = {(row["conversation_id"], row["client_id"]): row["seq"] for row in rows if row["person_id"] is None}
    written = []
    for draft, card, warning in zip(firsts, cards, warnings, strict=True):
        key = draft.conversation_id, draft.client_id
        out = MessageOut(draft.conversation_id, seqs[key], draft.client_id, draft.author_id, draft.text, now, card, warning)
        written.append(out)
        for place in fresh[key]:
            outcomes[place] = out if drafts[place].author_id == draft.author_id else NotYourMessageId()
    for row in rows:
        if row["person_id"] is not None:
            await _promise(session, row["conversation_id"], row["person_id"])
    _wake(session, written, people)


async def _promise(session: AsyncSession, conversation_id: UUID, person_id: UUID) -> None:
    await outbox.enqueue(session, TELL, run_at=clock.now() + TELL_AFTER, conversation_id=str(conversation_id), person_id=str(person_id))


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


def _plain(card: Any) -> Any:
    """jsonb as the connection's codec gives it: text on a session's connection, a value on a hot one."""
    return msgspec.json.decode(card) if isinstance(card, str) else card


_encode = msgspec.json.Encoder().encode
