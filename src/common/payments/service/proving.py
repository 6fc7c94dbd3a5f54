"""Evidence in a dispute: both sides hand in what they have to say, an operator hands it to the payer's bank, once and in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, events
from common.actor import Actor
from common.audit import service as audit
from common.db import unit_of_work
from common.events import EvidenceDue
from common.payments import policy, queries, stuck
from common.payments.errors import EvidenceTooLate, EvidenceTooLong, NoEvidence
from common.payments.models import Dispute, Evidence
from common.payments.provider import provider
from common.payments.service.disputing import merge_dispute
from common.payments.service.telling import DUE_SOON, tell_of_dispute

MOST = 20_000  # characters that a bank reads
NOTICE = timedelta(days=2)  # before the deadline
OPERATOR = "petugas"


async def add_evidence(
    session: AsyncSession, actor: Actor, intent_id: UUID, *, side: str, words: str, file_id: UUID | None = None, filename: str = ""
) -> Evidence:
    """Keep what a side has to say on a payment's dispute, until an operator submits it.

    Raises EvidenceTooLate (no dispute waits for evidence), EvidenceTooLong.
    """
    await queries.for_update(session, intent_id)
    dispute = await queries.undecided_of(session, intent_id)
    if dispute is None:
        raise EvidenceTooLate
    _must_take_evidence(dispute)
    row = Evidence(dispute_id=dispute.id, author_id=actor.person_id, side=side, words=words.strip(), file_id=file_id, filename=filename)
    if len(as_text([*await queries.evidence_of(session, dispute.id), row])) > MOST:
        raise EvidenceTooLong(most=MOST)
    session.add(row)
    await session.flush()
    return row


@dataclass(frozen=True)
class EvidenceWanted:
    """A payer's bank listens to what is said on a payment, until `due_by` when it said so. `reason`: why it took the money back."""

    due_by: datetime | None
    reason: str


async def evidence_wanted(session: AsyncSession, intent_id: UUID) -> EvidenceWanted | None:
    """None when there is nothing to say, or no more."""
    dispute = await queries.undecided_of(session, intent_id)
    return (
        EvidenceWanted(dispute.due_by, policy.REASONS.get(dispute.reason, dispute.reason))
        if dispute is not None and takes_evidence(dispute)
        else None
    )


async def submit_evidence(actor: Actor, dispute_id: UUID) -> None:
    """Hand all that was said to the payer's bank, which takes it once. Any number of times and at once: one submission.

    Opens its own transactions, the bank is asked between them. Raises NoSuchPayment, EvidenceTooLate, NoEvidence, ProviderAway, Refused.
    """
    async with unit_of_work() as session:
        dispute = await queries.dispute_by_id(session, dispute_id)
        said = await queries.evidence_of(session, dispute_id)
    _must_take_evidence(dispute)
    if not said:
        raise NoEvidence
    assert dispute.provider_ref is not None
    fact = await provider().submit_evidence(dispute.provider_ref, key=said[-1].id, text=as_text(said))
    async with unit_of_work() as session:
        await merge_dispute(session, await queries.for_update(session, dispute.intent_id), fact)
        await audit.record(session, actor, "payments.submit_evidence", subject_kind="dispute", subject_id=dispute_id, entries=len(said))


async def remind() -> None:
    """Operators and sellers, two days before a bank stops listening."""
    async with unit_of_work() as session:
        for dispute in await stuck.due_before(session, clock.now() + NOTICE):
            dispute.reminded_at = clock.now()
            assert dispute.due_by is not None
            intent = await queries.by_id(session, dispute.intent_id)
            await tell_of_dispute(session, dispute, DUE_SOON)
            await events.publish(session, EvidenceDue(intent.id, intent.purpose, intent.purpose_id, dispute.due_by))


def takes_evidence(dispute: Dispute) -> bool:
    """Whether the payer's bank still listens."""
    over = dispute.due_by is not None and dispute.due_by <= clock.now()
    return dispute.is_undecided and dispute.evidence_sent_at is None and not over


def as_text(said: list[Evidence]) -> str:
    """All evidence as one text, as the bank reads it."""
    return "\n\n".join(_entry(one) for one in said)


def _entry(one: Evidence) -> str:
    attached = f" ({one.filename})" if one.filename else ""
    return f"{one.side}, {one.created_at:%Y-%m-%d %H:%M} UTC{attached}:\n{one.words}"


def _must_take_evidence(dispute: Dispute) -> None:
    if not takes_evidence(dispute):
        raise EvidenceTooLate
