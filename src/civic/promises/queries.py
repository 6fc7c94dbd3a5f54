"""Reads of promises."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from civic.promises.ladder import Rung
from civic.promises.models import Promise
from common import clock
from common.web import paging

BATCH = 100
LATE = "promises-late"


async def of(session: AsyncSession, subject_id: UUID, *, lock: bool = False) -> Promise | None:
    """The promise about one subject."""
    wanted = select(Promise).where(col(Promise.subject_id) == subject_id)
    found: Promise | None = await session.scalar(wanted.with_for_update() if lock else wanted)
    return found


async def of_many(session: AsyncSession, subject_ids: Sequence[UUID]) -> dict[UUID, Promise]:
    rows = await session.scalars(select(Promise).where(col(Promise.subject_id).in_(subject_ids)))
    return {row.subject_id: row for row in rows}


async def soon_due(session: AsyncSession, until: date, limit: int = BATCH) -> Sequence[Promise]:
    """Running promises with their day between today and `until`, whose officer has not been warned."""
    soon = col(Promise.due_on) >= clock.today(), col(Promise.due_on) <= until, col(Promise.warned_at).is_(None)
    return await _locked(session, limit, *soon)


async def newly_late(session: AsyncSession, limit: int = BATCH) -> Sequence[Promise]:
    """Running promises whose day has passed and whose office has not heard of it yet."""
    return await _locked(session, limit, col(Promise.broken_told_at).is_(None), col(Promise.due_on) < clock.today())


async def broken_untold(session: AsyncSession, rung: Rung, after: UUID | None, limit: int = BATCH) -> Sequence[Promise]:
    """Running broken promises of which who stands on this rung has not heard, in the order of their ids, behind `after`."""
    told_at = col(Promise.head_told_at) if rung is Rung.HEAD else col(Promise.operator_told_at)
    behind = [col(Promise.id) > after] if after is not None else []
    return await _locked(session, limit, col(Promise.broken_told_at).is_not(None), told_at.is_(None), *behind)


async def late_of(session: AsyncSession, offices: Collection[str] | None, cursor: str | None, limit: int) -> Sequence[Promise]:
    """Running promises whose day has passed, of these offices (of all, for None), the longest late first; `limit + 1` rows."""
    late = select(Promise).where(*_running(), col(Promise.due_on) < clock.today())
    if offices is not None:
        late = late.where(col(Promise.office).in_(offices))
    columns = (col(Promise.due_on), col(Promise.id))
    keys = paging.keys_of(LATE, cursor)
    typed = None if keys is None else (date.fromisoformat(keys[0]), keys[1])
    return (await session.scalars(paging.after(late, columns, typed).limit(limit + 1))).all()


async def count_late(session: AsyncSession) -> int:
    """How many citizens wait longer than they were told."""
    late = select(func.count()).select_from(Promise).where(*_running(), col(Promise.due_on) < clock.today())
    return await session.scalar(late) or 0


async def _locked(session: AsyncSession, limit: int, *where: ColumnElement[bool]) -> Sequence[Promise]:
    """Whoever looks at the same time takes others."""
    found = select(Promise).where(*_running(), *where).order_by(col(Promise.id)).limit(limit)
    return (await session.scalars(found.with_for_update(skip_locked=True).execution_options(populate_existing=True))).all()


def _running() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Promise.ended_at).is_(None), col(Promise.paused_at).is_(None)
