"""Reads of cases, and the one lock."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.i18n import gettext as _
from common.web import paging
from marvec.listings import queries as listings
from marvec.moderation.errors import NoSuchCase
from marvec.moderation.models import Case, CaseState, Kind, Reason, Report
from marvec.moderation.schemas import CaseRow
from marvec.moderation.wording import A_MESSAGE


async def by_id(session: AsyncSession, case_id: UUID) -> Case:
    """Raises NoSuchCase."""
    return _found(await session.get(Case, case_id))


async def seen_by(session: AsyncSession, moderator: Actor, case_id: UUID) -> Case:
    """A case with all that was said against somebody; on record for who it is about. Raises NoSuchCase."""
    case = await by_id(session, case_id)
    await reading.record(
        session, moderator, owner_id=case.person_id, subject_kind="moderation", subject_id=case.id, purpose=Purpose.MODERATION,
        role=Role.OPERATOR,
    )  # fmt: skip
    return case


async def for_update(session: AsyncSession, case_id: UUID) -> Case:
    """Locked until the transaction ends. Raises NoSuchCase."""
    return _found(await session.get(Case, case_id, with_for_update=True, populate_existing=True))


async def reports_of(session: AsyncSession, case_id: UUID) -> Sequence[Report]:
    """The oldest first."""
    return (await session.scalars(select(Report).where(col(Report.case_id) == case_id).order_by(col(Report.id)))).all()


async def written_by(session: AsyncSession, person_id: UUID) -> Sequence[Report]:
    return (await session.scalars(select(Report).where(col(Report.reporter_id) == person_id).order_by(col(Report.id)))).all()


async def count_open(session: AsyncSession) -> int:
    return int(await session.scalar(select(func.count()).where(col(Case.state) == CaseState.OPEN)) or 0)


async def page_of(session: AsyncSession, *, decided: bool, limit: int, cursor: str | None) -> paging.Page[CaseRow]:
    """Open cases, the oldest first; or decided ones, the newest first."""
    name = "moderation:decided" if decided else "moderation:open"
    wanted = col(Case.state) != CaseState.OPEN if decided else col(Case.state) == CaseState.OPEN
    rows = paging.after(select(Case).where(wanted), [col(Case.id)], paging.keys_of(name, cursor), descending=decided)
    cases = list(await session.scalars(rows.limit(limit + 1)))
    titles, told = await titles_of(session, cases), await _reasons_of(session, cases)
    return paging.page_of(cases, limit, name, lambda case: [case.id], lambda case: _row(case, titles[case.id], told.get(case.id, [])))


async def titles_of(session: AsyncSession, cases: Iterable[Case]) -> dict[UUID, str]:
    """What each case is about, in the reader's language. A message is never quoted outside of its own case."""
    cases = list(cases)
    goods = await listings.titles_of(session, [case.subject_id for case in cases if case.kind is Kind.LISTING])
    return {case.id: goods.get(case.subject_id, "?") if case.kind is Kind.LISTING else _(A_MESSAGE) for case in cases}


async def _reasons_of(session: AsyncSession, cases: Iterable[Case]) -> dict[UUID, list[Reason]]:
    rows: Any = await session.execute(
        select(col(Report.case_id), col(Report.reason)).where(col(Report.case_id).in_([case.id for case in cases]))
    )
    found: dict[UUID, list[Reason]] = {}
    for case_id, reason in rows:
        found.setdefault(case_id, []).append(reason)
    return found


def _row(case: Case, title: str, reasons: list[Reason]) -> CaseRow:
    own = case.model_dump(include=set(CaseRow.model_fields))
    return CaseRow(**own, title=title, reports=len(reasons), reasons=list(dict.fromkeys(reasons)))


def _found(case: Case | None) -> Case:
    if case is None:
        raise NoSuchCase
    return case
