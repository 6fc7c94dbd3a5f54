"""Reads of the register, its locks, and the next number."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from civic.registry.likeness import Identity
from civic.registry.models import Birth, Comparison


async def birth_of(session: AsyncSession, application_id: UUID) -> Birth | None:
    found: Birth | None = await session.scalar(select(Birth).where(col(Birth.application_id) == application_id))
    return found


async def may_be_one(session: AsyncSession, who: Identity, application_id: UUID, limit: int = 100) -> Sequence[Birth]:
    """Entries that hold, of other applications, of the same mother, the same name and day, or the same family card."""
    alike = or_(col(Birth.mother) == who.mother, col(Birth.child) == who.child, col(Birth.family) == who.family)
    others = select(Birth).where(alike, col(Birth.application_id) != application_id, col(Birth.cancelled_at).is_(None))
    return (await session.scalars(others.order_by(col(Birth.id)).limit(limit))).all()


async def hold(session: AsyncSession, who: Identity) -> None:
    """Until the commit nobody else registers a child of this mother, this name and day, or this family: what is alike is seen."""
    keys = sorted(int.from_bytes(one[:8], signed=True) for one in (who.mother, who.child, who.family))
    for key in keys:
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


async def comparisons(session: AsyncSession, application_id: UUID, child: bytes) -> dict[UUID, Comparison]:
    """What officers have decided on this application, as the child is named now; by the entry it was compared with."""
    mine = select(Comparison).where(col(Comparison.application_id) == application_id, col(Comparison.child) == child)
    return {row.birth_id: row for row in await session.scalars(mine)}


async def nameless(session: AsyncSession, limit: int = 100) -> Sequence[Birth]:
    """Entries from before births were compared."""
    old = select(Birth).where(col(Birth.mother).is_(None), col(Birth.cancelled_at).is_(None))
    return (await session.scalars(old.order_by(col(Birth.id)).limit(limit).with_for_update(skip_locked=True))).all()


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
