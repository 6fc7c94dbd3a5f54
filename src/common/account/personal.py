"""What this room keeps of a person."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import personal
from common.account import queries
from common.account.models import DataExport, SavedAddress


@personal.exports("alamat")
async def addresses(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump() for one in await queries.addresses_of(session, person_id)]


@personal.forgets("common.account")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    await session.execute(delete(SavedAddress).where(col(SavedAddress.person_id) == person_id))
    await session.execute(delete(DataExport).where(col(DataExport.person_id) == person_id))
