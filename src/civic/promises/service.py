"""Giving, pausing, resuming, ending promises; telling of one that nears its day or is broken."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import ladder, policy, queries, working_days
from civic.promises.ladder import Rung
from civic.promises.models import Promise
from common import clock, events
from common.events import PromiseBroken, PromiseEscalated, PromiseNearsItsDay


async def promise(session: AsyncSession, *, subject_kind: str, subject_id: UUID, office: str, days: int) -> Promise:
    """Start the clock of `days` working days, today; a second call for the same subject returns the first promise."""
    first = Promise(
        subject_kind=subject_kind,
        subject_id=subject_id,
        office=office,
        working_days=days,
        started_at=clock.now(),
        due_on=working_days.add(clock.today(), days),
    )
    written = insert(Promise).values(first.model_dump()).on_conflict_do_nothing(index_elements=["subject_id"]).returning(Promise)
    given: Promise | None = await session.scalar(written)
    if given is None:
        given = await queries.of(session, subject_id)
        assert given is not None, "the subject is taken, by its first promise"
    return given


async def pause(session: AsyncSession, subject_id: UUID) -> None:
    """The citizen has the next move: the clock stops. Pausing twice is no error."""
    given = await queries.of(session, subject_id, lock=True)
    if given is not None and given.ended_at is None and given.paused_at is None:
        given.paused_at = clock.now()


async def resume(session: AsyncSession, subject_id: UUID) -> None:
    """The office has the next move again."""
    given = await queries.of(session, subject_id, lock=True)
    if given is not None and given.ended_at is None and given.paused_at is not None:
        given.renewed_due_on = given.renewed_due_on and policy.day_after_pause(given, given.renewed_due_on, clock.today())
        given.due_on = policy.day_after_pause(given, given.due_on, clock.today())
        given.paused_at = None


async def end(session: AsyncSession, subject_id: UUID, *, done: bool) -> None:
    """The work is done (kept, if its day has not passed) or dropped (withdrawn: neither kept nor broken)."""
    given = await queries.of(session, subject_id, lock=True)
    if given is None or given.ended_at is not None:
        return
    if given.paused_at is not None:
        await resume(session, subject_id)
    given.ended_at = clock.now()
    given.kept = clock.today() <= given.due_on if done else None


async def tell_soon(session: AsyncSession) -> int:
    """Warn of each promise once, while it can still be kept; returns of how many."""
    today = clock.today()
    found = await queries.soon_due(session, working_days.add(today, ladder.longest_warning()))
    soon = [given for given in found if ladder.of_office(given.office).warns(given.due_on, today)]
    for given in soon:
        given.warned_at = clock.now()
        await events.publish(session, PromiseNearsItsDay(given.subject_kind, given.subject_id, given.office, given.due_on))
    return len(soon)


async def tell_broken(session: AsyncSession) -> int:
    """Publish each broken promise once, with the day that is promised anew; returns how many."""
    late = await queries.newly_late(session)
    for given in late:
        given.broken_told_at = clock.now()
        given.renewed_due_on = ladder.of_office(given.office).renewed(clock.today())
        await events.publish(session, PromiseBroken(given.subject_kind, given.subject_id, given.office, given.due_on, given.renewed_due_on))
    return len(late)


async def climb(session: AsyncSession, rung: Rung) -> int:
    """Bring what is still not done before the next higher one, each promise once; returns how many."""
    told, after, today = 0, None, clock.today()
    while waiting := await queries.broken_untold(session, rung, after):
        after = waiting[-1].id
        for given in waiting:
            if ladder.of_office(given.office).has_reached(rung, given.due_on, today):
                setattr(given, f"{rung}_told_at", clock.now())
                days = working_days.between(given.due_on, today)
                await events.publish(
                    session, PromiseEscalated(given.subject_kind, given.subject_id, given.office, given.due_on, rung.value, days)
                )
                told += 1
    return told
