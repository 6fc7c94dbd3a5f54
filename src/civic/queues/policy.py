"""Rules of a counter: when it is open, who may do what, how long somebody will wait. Pure functions."""

import math
from datetime import date, datetime, time, timedelta

from civic.queues.errors import NoSuchCounter, NoSuchDesk, NoSuchTicket
from civic.queues.models import LIVE, Counter, Day, State, Ticket
from common import indonesia
from common.actor import Actor, Role
from common.clock import WITA

HEALTH_OFFICE = "DINKES"
DAYS_LOOKED_AHEAD = 21  # longer than any run of holidays
NEAR = 3
"""So many before one: time to come in from the shade."""
MOST_NUMBERS = 3
"""Living numbers of one person in the whole city: enough for an errand, too few to keep others out."""
LONGEST_GAP = 45 * 60
"""Seconds; a longer gap between two calls is a pause, and says nothing about how long a person takes."""
WEIGHT_OF_NEW = 0.3
SATURDAY = 5


def hours_on(counter: Counter, day: date) -> tuple[datetime, datetime] | None:
    """When the counter opens and closes on that day (aware); None when it is closed, also on holidays and collective leave."""
    words = counter.hours[day.weekday()]
    is_free = indonesia.is_holiday(day) if day.weekday() >= SATURDAY else not indonesia.is_working_day(day)
    if not words or is_free:
        return None
    opens, closes = (datetime.combine(day, time.fromisoformat(word), WITA) for word in words.split("-"))
    return opens, closes


def days_to_take(counter: Counter, now: datetime, today: Day | None) -> list[date]:
    """Today while the counter has not closed, and its next open day. `today` is the day's own row: it may be open longer than usual."""
    first = now.astimezone(WITA).date()
    closes = today.closes_at if today else (hours_on(counter, first) or (None, None))[1]
    found = [first] if closes is not None and now < closes else []
    ahead = (first + timedelta(days=n) for n in range(1, DAYS_LOOKED_AHEAD))
    return [*found, *[day for day in ahead if hours_on(counter, day)][:1]]


def seconds_each(counter: Counter, day: Day | None) -> float:
    """The time from one call to the next: as measured today, else the counter's own figure shared by its desks."""
    return float(day.pace) if day and day.pace else counter.minutes * 60 / counter.desks


def measured(pace: int | None, gap: float) -> int | None:
    """The pace after a call that came `gap` seconds after the one before: an exponentially weighted average; pauses do not count."""
    if gap > LONGEST_GAP:
        return pace
    seconds = max(gap, 1.0)
    return round(seconds if pace is None else (1 - WEIGHT_OF_NEW) * pace + WEIGHT_OF_NEW * seconds)


def expected_at(counter: Counter, day: Day, before: int, now: datetime) -> datetime:
    """When somebody with `before` others before him is likely to be called: never before the counter opens, one pace after another."""
    each = timedelta(seconds=seconds_each(counter, day))
    soonest = max(now, day.opens_at) + before * each
    return soonest if day.last_call_at is None else max(soonest, day.last_call_at + (before + 1) * each)


def in_minutes(moment: datetime, now: datetime) -> int:
    """Minutes until then as one says them: exact up to ten, in fives above; rounded up."""
    minutes = max(0, math.ceil((moment - now).total_seconds() / 60))
    return minutes if minutes <= 10 else 5 * math.ceil(minutes / 5)


def may_return(ticket: Ticket) -> bool:
    return ticket.state == State.SKIPPED and ticket.returns == 0


def may_cancel(ticket: Ticket) -> bool:
    return ticket.may_move_to(State.CANCELLED)


def is_live(ticket: Ticket, today: date) -> bool:
    return ticket.state in LIVE and ticket.day >= today


def may_serve(actor: Actor, counter: Counter) -> bool:
    """An officer of the place; the health office's officers may help out at every puskesmas."""
    return actor.has(Role.OFFICER, counter.place) or (counter.kind == "puskesmas" and actor.has(Role.OFFICER, HEALTH_OFFICE))


def check_may_serve(actor: Actor, counter: Counter) -> None:
    """Raises NoSuchCounter: another place's counter is not this officer's business."""
    if not may_serve(actor, counter):
        raise NoSuchCounter


def check_desk(counter: Counter, desk: int) -> None:
    if not 1 <= desk <= counter.desks:
        raise NoSuchDesk


def check_may_see(actor: Actor, ticket: Ticket, counter: Counter) -> None:
    """One's own number, or a number of one's own counter. Raises NoSuchTicket."""
    if actor.person_id != ticket.person_id and not may_serve(actor, counter):
        raise NoSuchTicket


def check_is_holder(actor: Actor, ticket: Ticket) -> None:
    if actor.person_id != ticket.person_id:
        raise NoSuchTicket
