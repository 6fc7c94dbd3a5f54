"""Working days of the city's offices: Monday to Friday without national holidays and collective leave (SKB 3 Menteri), in WITA.

Years whose calendar is not decreed yet count weekdays only: the date is then a little too early, never too late for the citizen.
"""

from datetime import date, datetime, timedelta

from common import indonesia
from common.clock import WITA


def is_working_day(day: date) -> bool:
    return indonesia.is_working_day(day)


def add(start: date, days: int) -> date:
    """The `days`-th working day after `start`; the day itself never counts."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`."""
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def city_day(moment: datetime) -> date:
    return moment.astimezone(WITA).date()
