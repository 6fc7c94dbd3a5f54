"""Saved addresses. The person's row is locked for each change: two at once cannot save a twenty-first, nor leave two defaults."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.account import queries
from common.account.errors import TooManyAddresses
from common.account.models import SavedAddress
from common.account.schemas import Address
from common.actor import Actor
from common.identity import queries as identity

MOST = 20


async def keep_address(session: AsyncSession, actor: Actor, given: Address) -> SavedAddress:
    """A new address; the first one is the default. Raises TooManyAddresses."""
    await identity.for_update(session, actor.person_id)
    count = await queries.count_addresses(session, actor.person_id)
    if count >= MOST:
        raise TooManyAddresses(most=MOST)
    row = SavedAddress(person_id=actor.person_id, is_default=count == 0, **given.model_dump(include=set(Address.model_fields)))
    session.add(row)
    await session.flush()
    return row


async def change_address(session: AsyncSession, actor: Actor, address_id: UUID, given: Address) -> SavedAddress:
    """Orders that were placed keep the address as it was. Raises NoSuchAddress."""
    await identity.for_update(session, actor.person_id)
    row = await queries.address(session, actor.person_id, address_id)
    for name, value in given.model_dump(include=set(Address.model_fields)).items():
        setattr(row, name, value)
    await session.flush()
    return row


async def make_default(session: AsyncSession, actor: Actor, address_id: UUID) -> None:
    """The one that is offered first. Raises NoSuchAddress."""
    await identity.for_update(session, actor.person_id)
    row = await queries.address(session, actor.person_id, address_id)
    await _set_default(session, row)


async def delete_address(session: AsyncSession, actor: Actor, address_id: UUID) -> None:
    """When the default goes, the oldest of the others takes its place. Raises NoSuchAddress."""
    await identity.for_update(session, actor.person_id)
    row = await queries.address(session, actor.person_id, address_id)
    await session.delete(row)
    await session.flush()
    following = await queries.oldest_address(session, actor.person_id) if row.is_default else None
    if following is not None:
        await _set_default(session, following)


async def _set_default(session: AsyncSession, row: SavedAddress) -> None:
    mine = update(SavedAddress).where(col(SavedAddress.person_id) == row.person_id, col(SavedAddress.is_default))
    await session.execute(mine.values(is_default=False))
    row.is_default = True
    await session.execute(update(SavedAddress).where(col(SavedAddress.id) == row.id).values(is_default=True))
