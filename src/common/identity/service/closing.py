"""The end of an account: who is behind it is forgotten, that it was stays (orders, ledger and audit name its id)."""

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor
from common.identity import queries
from common.identity.models import ApiToken, Consent, Person, PersonNik, RecoveryCode, RoleGrant, Totp
from common.identity.policy import NOBODY
from common.identity.service import passwords
from common.identity.service.sessions import revoke_all

NO_PASSWORD = "$argon2id$closed"  # noqa: S105  no hash at all: nothing fits it


async def prove(session: AsyncSession, actor: Actor, password: str) -> Person | None:
    """The actor's row, locked, if the password is hers; None when the account is closed already. Raises `WrongPassword`, `Throttled`."""
    person = await queries.for_update(session, actor.person_id)
    if person.closed_at is not None:
        return None
    await passwords.check_own(person, password)
    return person


async def close_person(session: AsyncSession, actor: Actor) -> None:
    """Sessions, tokens, roles and second factor end; name, addresses and NIK are gone; consent is withdrawn. Twice is once."""
    person = await queries.for_update(session, actor.person_id)
    if person.closed_at is not None:
        return
    now = clock.now()
    await _end_keys(session, actor)
    await session.execute(delete(PersonNik).where(col(PersonNik.person_id) == person.id))
    standing = update(Consent).where(col(Consent.person_id) == person.id, col(Consent.withdrawn_at).is_(None))
    await session.execute(standing.values(withdrawn_at=now))
    person.name, person.password_hash, person.closed_at = NOBODY, NO_PASSWORD, now
    person.phone = person.email = person.phone_confirmed_at = person.email_confirmed_at = None
    await session.flush()


async def _end_keys(session: AsyncSession, actor: Actor) -> None:
    """Every way in."""
    mine, now = actor.person_id, clock.now()
    await revoke_all(session, mine)
    tokens = update(ApiToken).where(col(ApiToken.person_id) == mine, col(ApiToken.revoked_at).is_(None))
    await session.execute(tokens.values(revoked_at=now))
    grants = update(RoleGrant).where(col(RoleGrant.person_id) == mine, col(RoleGrant.revoked_at).is_(None))
    await session.execute(grants.values(revoked_at=now, revoked_by=mine))
    for kind in (RecoveryCode, Totp):
        await session.execute(delete(kind).where(col(kind.person_id) == mine))
