"""Queues of the seeding day: at a few counters people hold numbers, some were called already, and the mother waits for her turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import service
from civic.queues.models import Ticket
from common import clock
from common.actor import Actor, Grant, Role
from marvec.seed import people
from marvec.seed.moments import History

HOME, NURSE, MOTHER = "PKM-KASSI-KASSI-UMUM", "perawat", "ibu"
CALLED_BEFORE = 3
EACH = timedelta(minutes=7)
LATE = time.max
"""The demonstration's counter gives numbers until the day ends: whoever looks around in the evening shall see a queue."""


@dataclass(frozen=True)
class Line:
    """One more counter: `many` people take numbers, `called` of them are called where it is open today."""

    counter: str
    place: str
    many: int
    called: int


LINES = (
    Line("PKM-KASSI-KASSI-KIA", "PKM-KASSI-KASSI", 4, 1),
    Line("PKM-BATUA-UMUM", "PKM-BATUA", 7, 3),
    Line("DISDUKCAPIL-REKAM", "DISDUKCAPIL", 8, 2),
)


async def first_line(session: AsyncSession, history: History, shopkeepers: Sequence[Actor], nurse: Actor, mother: Actor) -> None:
    """For the core: all counters, and at the nurse's one shopkeepers before the mother, the first of them called."""
    with clock.frozen(history.began):
        await service.sync_counters(session)
        until = datetime.combine(clock.today(), LATE, clock.WITA)
        await service.open_until(session, nurse, HOME, until)
        for person in (*shopkeepers, mother):
            await service.take_number(session, person, HOME, clock.today())
    await _call(session, history, nurse, HOME, CALLED_BEFORE)


async def live_through(session: AsyncSession, history: History, line: Line) -> None:
    """A counter's line as it would be at the beginning; where it is closed by then, numbers of its next open day."""
    with clock.frozen(history.began):
        taken = [await _take(session, key, line.counter) for key in people.buyer_keys()[1 : line.many + 1]]
        if taken[0].day != clock.today():
            return
    nobody = await people.actor(session, NURSE)
    officer = Actor(nobody.person_id, nobody.name, assurance=1, grants=frozenset({Grant(Role.OFFICER, line.place)}))
    await _call(session, history, officer, line.counter, line.called)


async def _take(session: AsyncSession, key: str, counter: str) -> Ticket:
    return await service.take_number(session, await people.actor(session, key), counter)


async def _call(session: AsyncSession, history: History, officer: Actor, counter: str, many: int) -> None:
    """One after another, the last one just now; never before the day itself began."""
    midnight = datetime.combine(history.began.astimezone(clock.WITA).date(), time(), clock.WITA)
    for left in range(many - 1, -1, -1):
        with clock.frozen(max(midnight, history.began - left * EACH)):
            called = await service.call_next(session, officer, counter, 1)
            if called is not None and left:
                await service.serve(session, officer, called.id)
