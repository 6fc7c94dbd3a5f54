"""Reads of standings and appeals, and the one lock. Level, limit and what was sold are the database's own functions (migration 0017)."""

from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.web import paging
from marvec.selling.models import Appeal, AppealState
from marvec.selling.policy import NoSuchAppeal
from marvec.selling.schemas import Standing

STANDING = text("""
    SELECT coalesce(selling_level(:who), 0) AS level, selling_limit(:who, :today) AS "limit", sold_in_month(:who, :now) AS sold,
           (SELECT max(valid_until) FROM selling_appeals
            WHERE person_id = :who AND state = 'granted' AND valid_until >= :today) AS granted_until""")


async def standing_of(session: AsyncSession, person_id: UUID) -> Standing:
    """How a seller stands in this month of the city's."""
    today = clock.today()
    row = (await session.execute(STANDING, {"who": person_id, "today": today, "now": clock.now()})).one()
    return Standing(**row._mapping, month=today.replace(day=1))


async def newest_of(session: AsyncSession, person_id: UUID) -> Appeal | None:
    """A person's last appeal, decided or not."""
    found: Appeal | None = await session.scalar(_of(person_id).order_by(col(Appeal.id).desc()).limit(1))
    return found


async def all_of(session: AsyncSession, person_id: UUID) -> list[Appeal]:
    return list(await session.scalars(_of(person_id).order_by(col(Appeal.id))))


async def by_id(session: AsyncSession, appeal_id: UUID) -> Appeal:
    """Raises NoSuchAppeal."""
    return _found(await session.get(Appeal, appeal_id))


async def for_update(session: AsyncSession, appeal_id: UUID) -> Appeal:
    """Locked until the transaction ends. Raises NoSuchAppeal."""
    return _found(await session.get(Appeal, appeal_id, with_for_update=True, populate_existing=True))


async def count_open(session: AsyncSession) -> int:
    return int(await session.scalar(select(func.count()).where(col(Appeal.state) == AppealState.OPEN)) or 0)


async def page_of(session: AsyncSession, *, decided: bool, limit: int, cursor: str | None) -> paging.Page[Appeal]:
    """Open appeals, the oldest first; or decided ones, the newest first."""
    name = "appeals:decided" if decided else "appeals:open"
    wanted = col(Appeal.state) != AppealState.OPEN if decided else col(Appeal.state) == AppealState.OPEN
    rows = paging.after(select(Appeal).where(wanted), [col(Appeal.id)], paging.keys_of(name, cursor), descending=decided)
    found = list(await session.scalars(rows.limit(limit + 1)))
    return paging.page_of(found, limit, name, lambda appeal: [appeal.id], lambda appeal: appeal)


def _of(person_id: UUID) -> Select[Appeal]:
    return select(Appeal).where(col(Appeal.person_id) == person_id)


async def seen_by(session: AsyncSession, operator: Actor, appeal_id: UUID) -> Appeal:
    """With what the seller says and how much was sold; on record. Raises NoSuchAppeal."""
    appeal = await by_id(session, appeal_id)
    await reading.record(
        session,
        operator,
        owner_id=appeal.person_id,
        subject_kind="appeal",
        subject_id=appeal.id,
        purpose=Purpose.APPEAL,
        role=Role.OPERATOR,
    )
    return appeal


def _found(appeal: Appeal | None) -> Appeal:
    if appeal is None:
        raise NoSuchAppeal
    return appeal
