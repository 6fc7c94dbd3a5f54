"""Reads of one's own things."""

from functools import partial
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from common.account.errors import NoSuchAddress, NoSuchExport
from common.account.models import DataExport, SavedAddress
from common.account.schemas import AddressOut, ReadOut
from common.audit import reading
from common.identity import queries as identity
from common.web import paging

SHOWN_EXPORTS = 5


async def addresses_of(session: AsyncSession, person_id: UUID) -> list[AddressOut]:
    """A person's addresses, the default first, then in the order of saving."""
    mine = select(SavedAddress).where(col(SavedAddress.person_id) == person_id)
    return [AddressOut.of(row) for row in await session.scalars(mine.order_by(col(SavedAddress.is_default).desc(), col(SavedAddress.id)))]


async def address(session: AsyncSession, person_id: UUID, address_id: UUID) -> SavedAddress:
    """One of the person's own. Raises NoSuchAddress."""
    found = await session.get(SavedAddress, address_id, populate_existing=True)
    if found is None or found.person_id != person_id:
        raise NoSuchAddress
    return found


async def count_addresses(session: AsyncSession, person_id: UUID) -> int:
    return int(await session.scalar(select(func.count()).where(col(SavedAddress.person_id) == person_id)) or 0)


async def oldest_address(session: AsyncSession, person_id: UUID) -> SavedAddress | None:
    mine = select(SavedAddress).where(col(SavedAddress.person_id) == person_id).order_by(col(SavedAddress.id)).limit(1)
    found: SavedAddress | None = await session.scalar(mine)
    return found


async def exports_of(session: AsyncSession, person_id: UUID) -> list[DataExport]:
    """The newest few, without their bytes."""
    return list(await session.scalars(_exports(person_id).limit(SHOWN_EXPORTS)))


async def newest_export(session: AsyncSession, person_id: UUID) -> DataExport | None:
    found: DataExport | None = await session.scalar(_exports(person_id).limit(1))
    return found


async def export(session: AsyncSession, person_id: UUID, export_id: UUID) -> DataExport:
    """The person's own. Raises NoSuchExport for anybody else's: that it exists is nobody's business."""
    found = await session.get(DataExport, export_id, populate_existing=True)
    if found is None or found.person_id != person_id:
        raise NoSuchExport
    return found


async def reads_of(session: AsyncSession, person_id: UUID, cursor: str | None, limit: int) -> paging.Page[ReadOut]:
    """Who read what of the person, and why; the newest first."""
    rows = await reading.of_person(session, person_id, cursor, limit)
    names = await identity.names_of(session, {row.reader_id for row in rows})
    show = partial(ReadOut.of, names)
    return paging.page_of(rows, limit, reading.LIST, lambda row: (row.last_at, row.first_id), show)


def _exports(person_id: UUID) -> Select[DataExport]:
    mine = select(DataExport).where(col(DataExport.person_id) == person_id).order_by(col(DataExport.id).desc())
    return mine.options(defer(DataExport.sealed, raiseload=True))  # type: ignore[arg-type]  # a mapped column
