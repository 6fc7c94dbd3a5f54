"""Counters, their days and tickets. MOVES is the whole life of a ticket; the buttons of both sides read the same table as the server."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Computed, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field, Integer

from common.db import Table, enum_field, id_field, utc_field
from common.i18n import N_, locale
from common.states import Moves, Moving

MACHINE = "ticket/1"


class State(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    SERVED = "served"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


STATE_NAMES = {
    State.WAITING: N_("Menunggu giliran"),
    State.CALLED: N_("Dipanggil"),
    State.SERVING: N_("Sedang dilayani"),
    State.SERVED: N_("Sudah dilayani"),
    State.SKIPPED: N_("Terlewat"),
    State.CANCELLED: N_("Dibatalkan"),
    State.EXPIRED: N_("Tidak berlaku lagi"),
}
AT_DESK = frozenset({State.CALLED, State.SERVING})
LIVE = AT_DESK | {State.WAITING, State.SKIPPED}


class Counter(Table, table=True):
    """One queue of one place. `place` is the directory's code; `hours` seven texts "08:00-12:00", Monday first, "" closed (WITA);
    `minutes` one person's time at one desk, until the day's own pace is known. Written by `sync_counters` only."""

    __tablename__ = "queue_counters"

    code: str = Field(primary_key=True)
    place: str = Field(index=True)
    kind: str
    name_id: str
    name_en: str
    hours: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    minutes: int
    capacity: int
    desks: int
    is_active: bool = True

    @property
    def name(self) -> str:
        """In the language spoken now."""
        return self.name_en if locale() == "en" else self.name_id


class Day(Table, table=True):
    """One day of a counter; its row lock orders everything that happens in the queue.

    `given`: numbers handed out; `taken`: those not cancelled; `called`: the highest number called; `pace`: seconds between two calls,
    a moving average of today, None until measured.
    """

    __tablename__ = "queue_days"

    counter: str = Field(primary_key=True, foreign_key="queue_counters.code")
    day: date = Field(primary_key=True)
    opens_at: datetime = utc_field()
    closes_at: datetime = utc_field()
    capacity: int
    given: int = 0
    taken: int = 0
    called: int = 0
    pace: int | None = Field(default=None)
    last_call_at: datetime | None = utc_field(nullable=True)


class Ticket(Moving, table=True):
    """A person's number. `follows` (number - 1) is a foreign key onto the number before: no gap can be written.

    Tickets are called in the order (turn, queued_at): `turn` is the number, or for who comes back the highest number called by then.
    """

    __tablename__ = "queue_tickets"
    MOVES: ClassVar[Moves] = {
        State.WAITING: frozenset({State.CALLED, State.CANCELLED, State.EXPIRED}),
        State.CALLED: frozenset({State.SERVING, State.SKIPPED, State.CANCELLED, State.EXPIRED}),
        State.SERVING: frozenset({State.SERVED}),
        State.SKIPPED: frozenset({State.WAITING, State.CANCELLED, State.EXPIRED}),
        State.SERVED: frozenset(),
        State.CANCELLED: frozenset(),
        State.EXPIRED: frozenset(),
    }

    id: UUID = id_field()
    counter: str
    day: date
    number: int
    follows: int | None = Field(default=None, sa_column=Column(Integer, Computed("NULLIF(number - 1, 0)", persisted=True), nullable=True))
    person_id: UUID
    turn: int
    queued_at: datetime = utc_field(default_now=True)
    returns: int = 0
    desk: int | None = Field(default=None)
    calls: int = 0
    called_at: datetime | None = utc_field(nullable=True)
    told_near: bool = False
    state: State = enum_field(State, State.WAITING)
    machine: str = Field(default=MACHINE, sa_type=Text)
