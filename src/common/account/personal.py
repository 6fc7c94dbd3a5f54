"""What this room keeps of a person."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import personal
from common.account import queries
from common.account.models import DataExport, SavedAddress

MOST_AT_ONCE = 1000


@personal.exports("alamat")
async def addresses(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump() for one in await queries.addresses_of(session, person_id)]


@personal.exports("siapa-membuka-data-saya")
async def reads(session: AsyncSession, person_id: UUID) -> Any:
    found, cursor = [], None
    while True:
        page = await queries.reads_of(session, person_id, cursor, MOST_AT_ONCE)
        found += [one.model_dump() for one in page.items]
        if (cursor := page.next) is None:
            return found


@personal.forgets("common.account")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    await session.execute(delete(SavedAddress).where(col(SavedAddress.person_id) == person_id))
    await session.execute(delete(DataExport).where(col(DataExport.person_id) == person_id))
