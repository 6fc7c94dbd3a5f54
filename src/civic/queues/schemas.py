"""What comes in at the counter, and what the API shows. No answer ever carries a name."""

from datetime import date, datetime, time
from uuid import UUID

from pydantic import BaseModel, Field

from civic.queues.models import Counter, State, Ticket
from civic.queues.queries import AtDesk


class TakeNumber(BaseModel):
    """`day`: today or the counter's next open day; left out: the first of them."""

    day: date | None = None


class CallNext(BaseModel):
    desk: int = Field(ge=1, le=20)


class OpenUntil(BaseModel):
    """Wall clock of the city today, e.g. 14:30; a time gone by closes the counter now."""

    until: time


class CounterOut(BaseModel):
    """`hours`: Monday first, WITA, empty is closed; unverified, like the rest of the counter's rules."""

    code: str
    place: str
    kind: str
    name: str
    hours: list[str]
    capacity: int
    desks: int

    @classmethod
    def of(cls, one: Counter) -> "CounterOut":
        return cls(
            code=one.code, place=one.place, kind=one.kind, name=one.name, hours=one.hours, capacity=one.capacity, desks=one.desks
        )  # fmt: skip


class DeskOut(BaseModel):
    desk: int
    number: int
    state: State

    @classmethod
    def of(cls, one: AtDesk) -> "DeskOut":
        return cls(desk=one.desk, number=one.number, state=one.state)


class BoardOut(BaseModel):
    """A queue as the whole waiting room sees it."""

    counter: str
    day: date
    desks: list[DeskOut]
    waiting: int


class TicketOut(BaseModel):
    id: UUID
    counter: str
    day: date
    number: int
    state: State
    desk: int | None
    called_at: datetime | None

    @classmethod
    def of(cls, one: Ticket) -> "TicketOut":
        return cls(
            id=one.id, counter=one.counter, day=one.day, number=one.number, state=one.state, desk=one.desk, called_at=one.called_at
        )  # fmt: skip


class StandingOut(TicketOut):
    """`before`, `minutes` and `expected_at` are of a waiting ticket: how many come first, and about when it is called."""

    before: int
    minutes: int
    expected_at: datetime | None
