"""Reads of the register, and the next number."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from civic.registry.models import Birth


async def birth_of(session: AsyncSession, application_id: UUID) -> Birth | None:
    found: Birth | None = await session.scalar(select(Birth).where(col(Birth.application_id) == application_id))
    return found


async def next_number(session: AsyncSession, series: str, year: int) -> int:
    """The next serial of the year. Its lock is held until the commit, so that a rollback leaves no gap."""
    taken = await session.execute(
        text(
            "INSERT INTO register_numbers VALUES (:series, :year, 1) "
            "ON CONFLICT (series, year) DO UPDATE SET last = register_numbers.last + 1 RETURNING last"
        ),
        {"series": series, "year": year},
    )
    return int(taken.scalar_one())
