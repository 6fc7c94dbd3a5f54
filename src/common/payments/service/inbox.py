"""The provider's messages: kept first, understood later. Nothing is decided while the provider waits for our 200."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids, outbox, queue
from common.db import hot
from common.payments.errors import NoSuchPayment
from common.payments.facts import DisputeFact, ProviderEvent, RefundFact
from common.payments.models import InboxState, WebhookMessage
from common.payments.provider import provider
from common.payments.service.merging import merge

# One statement, so that a thousand a second fit: the message and the promise to read it, or neither when it is known.
KEEP = """
WITH fresh AS (
    INSERT INTO webhook_inbox (event_id, type, payload, state, received_at) VALUES ($1, $2, $3, 'waiting', $4)
    ON CONFLICT (event_id) DO NOTHING RETURNING event_id
)
INSERT INTO outbox (id, job, args, run_at, created_at, attempts, last_error)
SELECT $5, 'payments.merge', jsonb_build_object('event_id', event_id), $4, $4, 0, '' FROM fresh
RETURNING id
"""


async def receive(body: bytes, headers: Mapping[str, str]) -> bool:
    """A message of the provider's as it came. False when it came before. Raises BadSignature; then nothing is kept."""
    return await keep(provider().parse_webhook(body, headers))


async def keep(event: ProviderEvent) -> bool:
    """Keep a message once and promise to merge it."""
    async with hot() as connection:
        row_id: UUID | None = await connection.fetchval(KEEP, event.id, event.type, event.payload, clock.now(), ids.uuid7())
    if row_id is not None:
        await queue.push([row_id])
    return row_id is not None


async def merge_message(session: AsyncSession, event_id: str) -> None:
    """Join all that a kept message tells. Types that we do not know, and things that are not ours, are marked ignored.

    What names a payment that we do not know is parked: it may be ours, and is read again as soon as that is known.
    """
    message = await session.get_one(WebhookMessage, event_id, with_for_update=True)
    if message.state != InboxState.WAITING:
        return
    facts = provider().facts_of(message.payload) or []
    ours = [await merge(session, fact) for fact in facts]
    message.about = next((fact.intent for fact in facts if isinstance(fact, RefundFact | DisputeFact)), None) or None
    if any(ours):
        message.state = InboxState.DONE
    else:
        message.state = InboxState.PARKED if message.about else InboxState.IGNORED
    message.done_at = None if message.state == InboxState.PARKED else clock.now()


async def replay(session: AsyncSession, event_id: str) -> None:
    """Merge a kept message again (the operator's button): harmless whatever it says, since a fact is a join."""
    message = await session.get(WebhookMessage, event_id, with_for_update=True)
    if message is None:
        raise NoSuchPayment
    message.state, message.done_at = InboxState.WAITING, None
    await outbox.enqueue(session, "payments.merge", event_id=event_id)
