"""Reads of counters, days and tickets; every lock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from civic.directory import queries as directory
from civic.directory.queries import Office
from civic.queues.errors import NoSuchCounter, NoSuchTicket, NotOpenThen
from civic.queues.models import AT_DESK, LIVE, Counter, Day, State, Ticket
from civic.queues.policy import HEALTH_OFFICE, check_may_see, hours_on
from common import clock
from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.identity import queries as identity
from common.web import paging

MINE = "queue-tickets"
LINE = "queue-line"
ORDER = (col(Ticket.turn), col(Ticket.queued_at), col(Ticket.id))


@dataclass(frozen=True, slots=True)
class AtDesk:
    """What everybody may know of a desk: the number that is there. `state` is called or serving."""

    desk: int
    number: int
    state: State


@lru_cache(maxsize=1)
def _places() -> dict[str, Office]:
    return {office.code: office for office in directory.all_offices()}


def place(code: str) -> Office:
    """A place of the directory. Raises NoSuchCounter."""
    found = _places().get(code)
    if found is None:
        raise NoSuchCounter
    return found


async def counter(session: AsyncSession, code: str) -> Counter:
    found = await session.get(Counter, code)
    if found is None or not found.is_active:
        raise NoSuchCounter
    return found


async def counters(session: AsyncSession, places: Collection[str] | None = None, codes: Collection[str] | None = None) -> Sequence[Counter]:
    """Open counters in the order of their codes: all (some 160), those of these places, or those with these codes."""
    asked = select(Counter).where(col(Counter.is_active)).order_by(col(Counter.code))
    if places is not None:
        asked = asked.where(col(Counter.place).in_(places))
    if codes is not None:
        asked = asked.where(col(Counter.code).in_(codes))
    return (await session.scalars(asked)).all()


async def counters_after(session: AsyncSession, place_code: str, cursor: str | None, limit: int) -> Sequence[Counter]:
    """A page of the counters (of one place, if one is named); `limit + 1` rows."""
    asked = select(Counter).where(col(Counter.is_active))
    if place_code:
        asked = asked.where(col(Counter.place) == place_code)
    keys = paging.keys_of("queues", cursor)
    return (await session.scalars(paging.after(asked, [col(Counter.code)], keys).limit(limit + 1))).all()


async def served_by(session: AsyncSession, actor: Actor) -> Sequence[Counter]:
    """The counters at which this officer may sit."""
    scopes = actor.offices(Role.OFFICER)
    everywhere = {"*", "DINKES"} & scopes
    found = await counters(session, None if everywhere else scopes)
    return [one for one in found if "*" in scopes or one.place in scopes or one.kind == "puskesmas"]


async def day_of(session: AsyncSession, code: str, day: date) -> Day | None:
    found: Day | None = await session.get(Day, (code, day))
    return found


async def days_of(session: AsyncSession, codes: Collection[str], day: date) -> dict[str, Day]:
    rows = await session.scalars(select(Day).where(col(Day.counter).in_(codes), col(Day.day) == day))
    return {row.counter: row for row in rows}


async def day_for_update(session: AsyncSession, counter: Counter, day: date) -> Day:
    """The day's row, made if it is the first to be asked for, locked. Raises NotOpenThen for a day on which the counter is closed."""
    if (found := await _locked_day(session, counter.code, day)) is not None:
        return found
    hours = hours_on(counter, day)
    if hours is None:
        raise NotOpenThen
    fixed = {"capacity": counter.capacity, "given": 0, "taken": 0, "called": 0}
    values = {"counter": counter.code, "day": day, "opens_at": hours[0], "closes_at": hours[1], **fixed}
    await session.execute(insert(Day).values(values).on_conflict_do_nothing())
    made = await _locked_day(session, counter.code, day)
    assert made is not None, "the row was inserted, here or by another, and days are never deleted"
    return made


async def _locked_day(session: AsyncSession, code: str, day: date) -> Day | None:
    found: Day | None = await session.get(Day, (code, day), with_for_update=True, populate_existing=True)
    return found


async def visible(session: AsyncSession, actor: Actor, ticket_id: UUID) -> Ticket:
    """The ticket, if the person may see it; on record, unless it is the person's own."""
    found = await session.get(Ticket, ticket_id)
    if found is None:
        raise NoSuchTicket
    check_may_see(actor, found, await counter(session, found.counter))
    await _put_on_record(session, actor, found)
    return found


async def holder_at(session: AsyncSession, actor: Actor, ticket: Ticket) -> str:
    """The name of who holds the ticket that is at the officer's desk; on record: where one was called says something about one."""
    await _put_on_record(session, actor, ticket)
    return (await identity.names_of(session, [ticket.person_id])).get(ticket.person_id, "")


async def _put_on_record(session: AsyncSession, reader: Actor, ticket: Ticket) -> None:
    where = await session.get_one(Counter, ticket.counter)
    await reading.record(
        session, reader, owner_id=ticket.person_id, subject_kind="queue_ticket", subject_id=ticket.id, purpose=Purpose.QUEUE,
        label=f"{where.name_id} {ticket.number}", role=Role.OFFICER, office=HEALTH_OFFICE if where.kind == "puskesmas" else where.place,
    )  # fmt: skip


async def for_update(session: AsyncSession, ticket_id: UUID) -> tuple[Ticket, Day]:
    """A ticket and its day, both locked, the day first: whoever changes a queue holds its day."""
    seen = await session.get(Ticket, ticket_id)
    if seen is None:
        raise NoSuchTicket
    day = await _locked_day(session, seen.counter, seen.day)
    ticket = await session.get(Ticket, ticket_id, with_for_update=True, populate_existing=True)
    assert day is not None, "a foreign key holds the day"
    assert ticket is not None, "tickets are never deleted"
    return ticket, day


async def live_of(session: AsyncSession, person_id: UUID, code: str, day: date) -> Ticket | None:
    """The person's one living number in that queue."""
    own = (col(Ticket.person_id) == person_id, col(Ticket.counter) == code, col(Ticket.day) == day, col(Ticket.state).in_(LIVE))
    found: Ticket | None = await session.scalar(select(Ticket).where(*own))
    return found


async def living_of(session: AsyncSession, person_id: UUID) -> Sequence[Ticket]:
    """All numbers of a person that may still be called, the nearest day first."""
    own = (col(Ticket.person_id) == person_id, col(Ticket.state).in_(LIVE), col(Ticket.day) >= clock.today())
    return (await session.scalars(select(Ticket).where(*own).order_by(col(Ticket.day), col(Ticket.id)).limit(20))).all()


async def count_living_of(session: AsyncSession, person_id: UUID) -> int:
    own = (col(Ticket.person_id) == person_id, col(Ticket.state).in_(LIVE), col(Ticket.day) >= clock.today())
    return await session.scalar(select(func.count()).select_from(Ticket).where(*own)) or 0


async def unended_of(session: AsyncSession, person_id: UUID) -> Sequence[Ticket]:
    """All living numbers of a person, of days gone by, too, in the order in which `close_days` locks their days."""
    own = col(Ticket.person_id) == person_id, col(Ticket.state).in_(LIVE)
    return (await session.scalars(select(Ticket).where(*own).order_by(col(Ticket.day), col(Ticket.counter)))).all()


async def of_person(session: AsyncSession, person_id: UUID, cursor: str | None, limit: int) -> Sequence[Ticket]:
    """All numbers that a person ever took, newest first; `limit + 1` rows."""
    mine = select(Ticket).where(col(Ticket.person_id) == person_id)
    newest = paging.after(mine, [col(Ticket.id)], paging.keys_of(MINE, cursor), descending=True)
    return (await session.scalars(newest.limit(limit + 1))).all()


async def first_waiting(session: AsyncSession, code: str, day: date, many: int) -> Sequence[Ticket]:
    """The next ones in the order in which they will be called. To be read under the day's lock by who calls them."""
    return (await session.scalars(_waiting(code, day).order_by(*ORDER).limit(many))).all()


async def line(session: AsyncSession, code: str, day: date, cursor: str | None, limit: int) -> Sequence[Ticket]:
    """The waiting ones in their order; `limit + 1` rows."""
    return (await session.scalars(paging.after(_waiting(code, day), ORDER, paging.keys_of(LINE, cursor)).limit(limit + 1))).all()


async def skipped(session: AsyncSession, code: str, day: date) -> Sequence[Ticket]:
    """Who was called and did not come."""
    asked = select(Ticket).where(col(Ticket.counter) == code, col(Ticket.day) == day, col(Ticket.state) == State.SKIPPED)
    return (await session.scalars(asked.order_by(col(Ticket.number)))).all()


async def before(session: AsyncSession, ticket: Ticket) -> int:
    """How many will be called before this waiting ticket."""
    ahead = _waiting(ticket.counter, ticket.day).where(tuple_(*ORDER) < (ticket.turn, ticket.queued_at, ticket.id))
    return await session.scalar(select(func.count()).select_from(ahead.subquery())) or 0


async def waiting_counts(session: AsyncSession, codes: Collection[str], day: date) -> dict[str, int]:
    """How many wait at each of these counters; a counter where nobody waits is missing."""
    of_day = (col(Ticket.counter).in_(codes), col(Ticket.day) == day, col(Ticket.state) == State.WAITING)
    rows = await session.execute(select(col(Ticket.counter), func.count()).where(*of_day).group_by(col(Ticket.counter)))
    return {row[0]: row[1] for row in rows.all()}


async def at_desks(session: AsyncSession, code: str, day: date) -> list[AtDesk]:
    rows = await session.scalars(_at_desk(code, day).order_by(col(Ticket.desk)))
    return [AtDesk(row.desk or 0, row.number, row.state) for row in rows]


async def on_desk(session: AsyncSession, code: str, day: date, desk: int) -> Ticket | None:
    """The one ticket that is at this desk."""
    found: Ticket | None = await session.scalar(_at_desk(code, day).where(col(Ticket.desk) == desk))
    return found


async def unfinished_days(session: AsyncSession, today: date, many: int = 50) -> list[tuple[str, date]]:
    """Queues of days gone by in which somebody is still called living."""
    old = select(col(Ticket.counter), col(Ticket.day)).where(col(Ticket.day) < today, col(Ticket.state).in_(LIVE))
    rows = await session.execute(old.distinct().order_by(col(Ticket.day), col(Ticket.counter)).limit(many))
    return [(code, day) for code, day in rows.all()]


async def living_in(session: AsyncSession, code: str, day: date) -> Sequence[Ticket]:
    """Every living ticket of a day, locked, in the order of their ids."""
    asked = select(Ticket).where(col(Ticket.counter) == code, col(Ticket.day) == day, col(Ticket.state).in_(LIVE))
    return (await session.scalars(asked.order_by(col(Ticket.id)).with_for_update())).all()


def _waiting(code: str, day: date) -> Select[Any]:
    return select(Ticket).where(col(Ticket.counter) == code, col(Ticket.day) == day, col(Ticket.state) == State.WAITING)


def _at_desk(code: str, day: date) -> Select[Any]:
    return select(Ticket).where(col(Ticket.counter) == code, col(Ticket.day) == day, col(Ticket.state).in_(AT_DESK))
