"""Issuing, suspending, resuming, revoking."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids, live
from common.actor import Actor
from common.audit import service as audit
from common.credentials import policy, queries
from common.credentials.errors import AlreadyIssued, CredentialMoved
from common.credentials.models import Credential, CredentialState
from common.errors import ReasonMissing
from common.i18n import N_
from common.notifications import service as notifications

CODE_SIZE = 16  # symbols of 4.95 bits: 79 bits, beyond guessing
SHORTEST_REASON = 3
TOLD = {
    CredentialState.SUSPENDED: N_("%(title)s Anda (%(code)s) dibekukan: %(reason)s. Anda bisa mengajukan keberatan dalam 21 hari kerja."),
    CredentialState.ACTIVE: N_("%(title)s Anda (%(code)s) berlaku lagi: %(reason)s."),
    CredentialState.REVOKED: N_("%(title)s Anda (%(code)s) dicabut: %(reason)s. Anda bisa mengajukan keberatan dalam 21 hari kerja."),
}
"""An objection goes to the office within 21 working days (UU 30/2014 on administration, article 77)."""
EXPIRED = N_("Masa berlaku %(title)s Anda (%(code)s) sudah lewat. Ajukan yang baru kalau masih perlu.")


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


async def suspend(session: AsyncSession, actor: Actor, credential_id: UUID, reason: str, mark: str | None = None) -> Credential:
    """Until it is resumed. `mark` (`policy.mark_of`): what was shown; None for a program that names the credential by itself."""
    return await _move(session, actor, credential_id, CredentialState.SUSPENDED, reason, mark)


async def resume(session: AsyncSession, actor: Actor, credential_id: UUID, reason: str, mark: str | None = None) -> Credential:
    return await _move(session, actor, credential_id, CredentialState.ACTIVE, reason, mark)


async def revoke(session: AsyncSession, actor: Actor, credential_id: UUID, reason: str, mark: str | None = None) -> Credential:
    """For ever."""
    return await _move(session, actor, credential_id, CredentialState.REVOKED, reason, mark)


async def check_may_decide(session: AsyncSession, actor: Actor, credential_id: UUID, mark: str | None) -> Credential:
    """Lock it, for who may decide upon it as it was shown. Raises Forbidden, OwnCredential, CredentialMoved."""
    credential = await queries.for_update(session, credential_id)
    policy.check_may_decide(actor, credential, await queries.people_behind(session, credential.holder_id))
    if mark is not None and mark != policy.mark_of(credential):
        raise CredentialMoved
    return credential


async def tell_expired(session: AsyncSession) -> int:
    """Tell each holder once that a date has passed; returns of how many credentials."""
    over = await queries.newly_expired(session)
    for credential in over:
        credential.expiry_told_at = clock.now()
        await _tell(session, credential, "expired", EXPIRED, "")
    return len(over)


async def _move(
    session: AsyncSession, actor: Actor, credential_id: UUID, new: CredentialState, reason: str, mark: str | None
) -> Credential:
    """Whoever moves it, by whichever door, the holder is told in the same transaction."""
    credential = await check_may_decide(session, actor, credential_id, mark)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    credential.move_to(new, by=actor.person_id, because=reason.strip())
    await session.flush()
    await audit.record(session, actor, f"credential.{new}", subject_kind="credential", subject_id=credential.id)
    await live.tell(session, f"credential:{credential.code}", {"state": new, "holds": credential.holds})
    await _tell(session, credential, new, TOLD[new], credential.moved_because)
    return credential


async def _tell(session: AsyncSession, credential: Credential, kind: str, sentence: str, reason: str) -> None:
    params = {"title": credential.title, "code": credential.code, "reason": reason}
    for person_id in await queries.people_behind(session, credential.holder_id):
        await notifications.notify(
            session, person_id, kind=f"credential.{kind}", text=sentence, params=params, link=f"/cek/{credential.code}#keberatan"
        )
