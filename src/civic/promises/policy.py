"""What a promise's clock says today: pure functions of row and day."""

from datetime import date

from civic.promises import working_days
from civic.promises.models import Clock, Promise


def clock_of(promise: Promise, today: date) -> Clock:
    if promise.ended_at is not None:
        return Clock.KEPT if promise.kept else Clock.DROPPED if promise.kept is None else Clock.LATE
    if promise.paused_at is not None:
        return Clock.PAUSED
    if today > promise.due_on:
        return Clock.LATE
    return Clock.SOON if working_days.between(today, promise.due_on) <= 1 else Clock.RUNNING


def day_after_pause(promise: Promise, day: date, resumed: date) -> date:
    """A promised day after a pause: later by the working days that the citizen had the next move."""
    assert promise.paused_at is not None
    return working_days.add(day, working_days.between(working_days.city_day(promise.paused_at), resumed))
