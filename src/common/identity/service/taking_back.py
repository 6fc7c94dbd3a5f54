"""The way back, used: the owner reads of a change that was not the owner's, and undoes it."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.identity import policy, queries
from common.identity.errors import NoWayBack
from common.identity.models import AddressChange, Change, ConfirmationCode, Passkey, Person, RecoveryCode, Totp, WayBack
from common.identity.service import addresses
from common.identity.service.sessions import end_keys
from common.identity.service.ways_back import open_to


async def take_way_back(session: AsyncSession, token: str) -> Person:
    """Undo the change and all later ones; every session and token ends, and the password, too. Raises `NoWayBack`, `AddressTaken`."""
    row = await open_to(session, token)
    for address in await queries.addresses_on_the_way(session, row):
        await addresses.hold(session, address)
    person = await queries.for_update(session, row.person_id)
    undone = await queries.ways_back_since(session, row)
    if person.closed_at is not None or row.id not in {one.id for one in undone}:
        raise NoWayBack
    for one in undone:  # the newest first
        await _undo(session, person, one)
    await end_keys(session, person.id)
    person.password_hash = policy.NO_PASSWORD
    for kind in (AddressChange, ConfirmationCode):
        await session.execute(delete(kind).where(col(kind.person_id) == person.id))
    await session.execute(delete(WayBack).where(col(WayBack.id).in_([one.id for one in undone])))
    await session.flush()
    return person


async def _undo(session: AsyncSession, person: Person, row: WayBack) -> None:
    if row.change is Change.ADDRESS and row.kind:
        await addresses.put_back(session, person, row.kind, row.old)
    if row.change is Change.FACTOR_ON:
        await _drop_factor(session, person.id)
    if row.change is Change.FACTOR_OFF and row.sealed:
        await _drop_factor(session, person.id)
        session.add(Totp(person_id=person.id, sealed=row.sealed, confirmed_at=clock.now()))
        await session.flush()
    if row.passkey_id:
        gone = clock.now() if row.change is Change.PASSKEY_ON else None
        await session.execute(update(Passkey).where(col(Passkey.id) == row.passkey_id).values(removed_at=gone))
    if row.change is Change.PASSKEY_ON:  # who made it may have seen the codes
        await session.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))


async def _drop_factor(session: AsyncSession, person_id: UUID) -> None:
    for kind in (RecoveryCode, Totp):
        await session.execute(delete(kind).where(col(kind.person_id) == person_id))
