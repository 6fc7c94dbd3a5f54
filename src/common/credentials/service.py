"""Issuing, suspending, resuming, revoking."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import ids, live
from common.actor import Actor
from common.audit import service as audit
from common.credentials import queries
from common.credentials.errors import AlreadyIssued
from common.credentials.models import Credential, CredentialState
from common.credentials.policy import check_speaks_for

CODE_SIZE = 16  # symbols of 4.95 bits: 79 bits, beyond guessing


async def issue(
    session: AsyncSession,
    actor: Actor | None,
    *,
    kind: str,
    title: str,
    holder_id: UUID,
    subject: dict[str, Any],
    office: str,
    application_id: UUID | None = None,
    valid_until: date | None = None,
) -> Credential:
    """State something. Raises AlreadyIssued when this application has its product of this kind."""
    credential = Credential(
        code=ids.reference("MKS", CODE_SIZE),
        kind=kind,
        title=title,
        holder_id=holder_id,
        subject=subject,
        office=office,
        application_id=application_id,
        valid_until=valid_until,
        moved_by=actor.person_id if actor else None,
    )
    try:
        async with session.begin_nested():
            session.add(credential)
    except IntegrityError as error:
        raise AlreadyIssued from error
    await audit.record(session, actor, "credential.issued", subject_kind="credential", subject_id=credential.id, kind=kind, office=office)
    return credential


async def suspend(session: AsyncSession, actor: Actor, credential_id: UUID, reason: str) -> Credential:
    return await _move(session, actor, credential_id, CredentialState.SUSPENDED, reason)


async def resume(session: AsyncSession, actor: Actor, credential_id: UUID, reason: str) -> Credential:
    return await _move(session, actor, credential_id, CredentialState.ACTIVE, reason)


async def revoke(session: AsyncSession, actor: Actor, credential_id: UUID, reason: str) -> Credential:
    return await _move(session, actor, credential_id, CredentialState.REVOKED, reason)


async def _move(session: AsyncSession, actor: Actor, credential_id: UUID, new: CredentialState, reason: str) -> Credential:
    credential = await queries.for_update(session, credential_id)
    check_speaks_for(actor, credential)
    credential.move_to(new, by=actor.person_id, because=reason)
    await session.flush()
    await audit.record(session, actor, f"credential.{new}", subject_kind="credential", subject_id=credential.id)
    await live.tell(session, f"credential:{credential.code}", {"state": new, "holds": credential.holds})
    return credential
