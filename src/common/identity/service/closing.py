"""The end of an account: who is behind it is forgotten, that it was stays (orders, ledger and audit name its id)."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor
from common.channels import service as channels
from common.identity import queries
from common.identity.models import (
    AddressChange,
    ConfirmationCode,
    Consent,
    Passkey,
    Person,
    PersonNik,
    RecoveryCode,
    RoleGrant,
    Totp,
    WayBack,
)
from common.identity.policy import NO_PASSWORD, NOBODY, confirmed_addresses
from common.identity.service import passwords
from common.identity.service.sessions import end_keys


async def prove(session: AsyncSession, actor: Actor, password: str) -> Person | None:
    """The actor's row, locked, if the password is hers; None when the account is closed already. Raises `WrongPassword`, `Throttled`."""
    person = await queries.for_update(session, actor.person_id)
    if person.closed_at is not None:
        return None
    await passwords.check_own(person, password, by=str(actor.session_id))
    return person


async def close_person(session: AsyncSession, person_id: UUID) -> None:
    """Sessions, tokens, roles and second factor end; name, addresses and NIK are gone; consent is withdrawn. Twice is once.

    No table keeps the addresses: neither letters that were sent there, nor codes, changes that waited, or ways back.
    """
    person = await queries.for_update(session, person_id)
    if person.closed_at is not None:
        return
    now = clock.now()
    await _forget_addresses(session, person)
    await _end_ways_in(session, person.id)
    await session.execute(delete(PersonNik).where(col(PersonNik.person_id) == person.id))
    standing = update(Consent).where(col(Consent.person_id) == person.id, col(Consent.withdrawn_at).is_(None))
    await session.execute(standing.values(withdrawn_at=now))
    person.name, person.password_hash, person.closed_at = NOBODY, NO_PASSWORD, now
    person.phone = person.email = person.phone_confirmed_at = person.email_confirmed_at = None
    await session.flush()


async def _forget_addresses(session: AsyncSession, person: Person) -> None:
    """Former ones, too, which stand in ways back and in what was sent there."""
    known = {one.text for one in confirmed_addresses(person)} | {one for one in (person.phone, person.email) if one}
    known |= await queries.addresses_beside(session, person.id)
    await channels.forget(session, known)
    addressed = col(ConfirmationCode.address).in_(known) | (col(ConfirmationCode.person_id) == person.id)
    await session.execute(delete(ConfirmationCode).where(addressed))
    for kind in (AddressChange, WayBack):
        await session.execute(delete(kind).where(col(kind.person_id) == person.id))


async def _end_ways_in(session: AsyncSession, person_id: UUID) -> None:
    await end_keys(session, person_id)
    grants = update(RoleGrant).where(col(RoleGrant.person_id) == person_id, col(RoleGrant.revoked_at).is_(None))
    await session.execute(grants.values(revoked_at=clock.now(), revoked_by=person_id))
    for kind in (RecoveryCode, Totp, Passkey):
        await session.execute(delete(kind).where(col(kind.person_id) == person_id))
