"""What the pages show of queues: where a ticket stands, how a counter is today, places by distance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from civic.directory.queries import Office
from civic.queues import policy, queries
from civic.queues.models import STATE_NAMES, Counter, Day, State, Ticket
from civic.queues.queries import AtDesk
from common import clock, regions
from common.i18n import gettext as _
from common.web.citymap import by_kecamatan

TONES = {State.CALLED: "warn", State.SERVING: "good", State.SERVED: "good", State.SKIPPED: "bad", State.WAITING: "note"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands now. `before`, `minutes` (from now) and `at` are of a waiting one; `desks` what is called in its queue."""

    ticket: Ticket
    counter: Counter
    place: Office
    day: Day | None
    before: int
    minutes: int
    at: datetime | None
    desks: Sequence[AtDesk]

    @property
    def words(self) -> str:
        return _(STATE_NAMES[self.ticket.state])

    @property
    def tone(self) -> str:
        return TONES.get(self.ticket.state, "")

    @property
    def is_today(self) -> bool:
        return self.ticket.day == clock.today()

    @property
    def is_open(self) -> bool:
        """Whether people are being called: else the hour is said, not the minutes."""
        return self.is_today and self.day is not None and self.day.opens_at <= clock.now()

    @property
    def may_cancel(self) -> bool:
        return policy.is_live(self.ticket, clock.today()) and policy.may_cancel(self.ticket)

    @property
    def may_return(self) -> bool:
        return self.is_today and policy.may_return(self.ticket)


@dataclass(frozen=True, slots=True)
class CounterNow:
    """A counter as one sees it before taking a number. `days`: the days that may be asked for, with those that are full left out."""

    counter: Counter
    is_open: bool
    hours: tuple[datetime, datetime] | None
    waiting: int
    minutes: int
    days: Sequence[date]
    left_today: int

    @property
    def span(self) -> str:
        """Today's hours as one says them, `08.00-12.00`; empty on a closed day."""
        return "-".join(f"{moment.astimezone(clock.WITA):%H.%M}" for moment in self.hours or ())


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with counters; `km` from where the person is, None when either is unknown; `waiting` today in all its queues."""

    place: Office
    km: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of somebody's list of numbers."""

    ticket: Ticket
    counter: Counter
    place: Office
    words: str
    tone: str

    @classmethod
    def of(cls, ticket: Ticket, counter: Counter) -> "Listed":
        return cls(ticket, counter, queries.place(counter.place), _(STATE_NAMES[ticket.state]), TONES.get(ticket.state, ""))


async def standing_of(session: AsyncSession, ticket: Ticket) -> Standing:
    counter = await queries.counter(session, ticket.counter)
    day = await queries.day_of(session, ticket.counter, ticket.day)
    desks = await queries.at_desks(session, ticket.counter, ticket.day)
    before, minutes, at = 0, 0, None
    if ticket.state == State.WAITING and day is not None:
        before, now = await queries.before(session, ticket), clock.now()
        at = policy.expected_at(counter, day, before, now)
        minutes = policy.in_minutes(at, now)
    return Standing(ticket, counter, queries.place(counter.place), day, before, minutes, at, desks)


async def counters_now(session: AsyncSession, counters: Sequence[Counter]) -> list[CounterNow]:
    codes, today = [one.code for one in counters], clock.today()
    days = await queries.days_of(session, codes, today)
    waiting = await queries.waiting_counts(session, codes, today)
    return [_now(counter, days.get(counter.code), waiting.get(counter.code, 0)) for counter in counters]


def _now(counter: Counter, day: Day | None, waiting: int) -> CounterNow:
    now, today = clock.now(), clock.today()
    left = counter.capacity if day is None else day.capacity - day.taken
    hours = (day.opens_at, day.closes_at) if day else policy.hours_on(counter, today)
    days = [one for one in policy.days_to_take(counter, now, day) if one != today or left > 0]
    is_open = hours is not None and hours[0] <= now < hours[1]
    minutes = policy.in_minutes(policy.expected_at(counter, day, waiting, now), now) if day and is_open else 0
    return CounterNow(counter, is_open, hours, waiting, minutes, days, left)


async def places(session: AsyncSession, words: str, kecamatan: str, origin: tuple[float, float] | None) -> list[PlaceRow]:
    """Places with counters that hold every word (and lie in the kecamatan): the nearest first, else in the directory's order."""
    counters = await queries.counters(session)
    waiting = await queries.waiting_counts(session, [one.code for one in counters], clock.today())
    sums: dict[str, int] = {}
    for one in counters:
        sums[one.place] = sums.get(one.place, 0) + waiting.get(one.code, 0)
    wanted = words.casefold().split()
    rows = [PlaceRow(queries.place(code), distance(queries.place(code), origin), many) for code, many in sums.items()]
    rows = [row for row in rows if all(word in row.place.words for word in wanted) and kecamatan in ("", _kecamatan_of(row.place))]
    return sorted(rows, key=lambda row: (row.km is None, row.km or 0, row.place.kind != "puskesmas", row.place.name_id))


def distance(office: Office, origin: tuple[float, float] | None) -> float | None:
    at = where(office)
    return None if at is None or origin is None else regions.distance_km(*origin, *at)


def where(office: Office) -> tuple[float, float] | None:
    """About where a place lies: the kelurahan that its address names, else the middle of its kecamatan; None when neither is known."""
    kecamatan, address = _kecamatan_of(office), office.address.casefold()
    named = [one for one in regions.all_kelurahan() if one.kecamatan == kecamatan and f"kel. {one.name.casefold()}" in address]
    if named:
        longest = max(named, key=lambda one: len(one.name))  # "Kel. Tamamaung" holds "Kel. Tama"
        return longest.lat, longest.lon
    return _middle_of(kecamatan)


@lru_cache(maxsize=32)
def _middle_of(kecamatan: str) -> tuple[float, float] | None:
    """The mean of its centroids by area: islands weigh little."""
    group = [cell.place for cell in by_kecamatan().get(kecamatan, [])]
    area = sum(one.km2 for one in group)
    return (sum(one.lat * one.km2 for one in group) / area, sum(one.lon * one.km2 for one in group) / area) if group else None


def _kecamatan_of(office: Office) -> str:
    """A kecamatan's own office lies in it."""
    return office.kecamatan or (office.name_id.removeprefix("Kecamatan ") if office.kind == "kecamatan" else "")
