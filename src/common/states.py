"""States move along a table. The table is data in the code (`MOVES`) and in the database (`state_moves`); a trigger holds the row to it
and writes the one history row of each move, so that no path, not even raw SQL, can skip either.

A moving row carries its machine's name and version (`orders/1`): an old row finishes on the version that it began with.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from common import clock
from common.db import Table, utc_field
from common.errors import Conflict
from common.i18n import N_

Moves = Mapping[StrEnum, frozenset[StrEnum]]


class NotFromHere(Conflict):
    code = "not_from_here"
    message = N_("Langkah ini tidak bisa dilakukan sekarang. Muat ulang untuk melihat keadaan terbaru.")

    def __init__(self, from_state: str, to_state: str) -> None:
        super().__init__()
        self.from_state, self.to_state = from_state, to_state


class Moving(Table):
    """Columns of a row that moves. Declare `state` and `MOVES` in the subclass, and call `install_machine` in its migration."""

    MOVES: ClassVar[Moves]

    state: Any
    machine: str
    moved_at: datetime = utc_field(default_now=True)
    moved_by: UUID | None = Field(default=None)
    moved_because: str = Field(default="")

    def may_move_to(self, new: StrEnum) -> bool:
        """Whether the table allows the move; the buttons of a page ask the same question as the server."""
        return new in self.MOVES.get(self.state, frozenset())

    def move_to(self, new: StrEnum, *, by: UUID | None, because: str = "") -> None:
        """Move, or raise `NotFromHere`. `by` is the person, None for a timer; `because` is shown in the history."""
        if not self.may_move_to(new):
            raise NotFromHere(self.state, new)
        self.state, self.moved_at, self.moved_by, self.moved_because = new, clock.now(), by, because


class StateHistory(Table, table=True):
    """One row a move, numbered from 1 (the birth, `from_state` null) within its subject. Written by the trigger, never changed."""

    __tablename__ = "state_history"

    subject_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    machine: str
    from_state: str | None = Field(default=None)
    to_state: str
    moved_at: datetime = utc_field()
    moved_by: UUID | None = Field(default=None)
    moved_because: str = Field(default="")


async def history_of(session: AsyncSession, subject_id: UUID) -> list[StateHistory]:
    """All moves of a row, its birth first."""
    mine = select(StateHistory).where(col(StateHistory.subject_id) == subject_id).order_by(col(StateHistory.seq))
    return list(await session.scalars(mine))


class StateMove(Table, table=True):
    """The database's copy of every machine's table of moves; a row with an empty `from_state` is a legal birth."""

    __tablename__ = "state_moves"

    machine: str = Field(primary_key=True)
    from_state: str = Field(primary_key=True)
    to_state: str = Field(primary_key=True)


def install_machine(table: str, machine: str, births: list[str], moves: dict[str, list[str]]) -> list[str]:
    """SQL for a migration: the rows of `machine` and the trigger on `table`."""
    pairs = [("", birth) for birth in births] + [(old, new) for old, news in moves.items() for new in news]
    rows = ", ".join(f"('{machine}', '{old}', '{new}')" for old, new in pairs)
    return [
        f"INSERT INTO state_moves (machine, from_state, to_state) VALUES {rows}",  # noqa: S608  words of a migration, nobody's input
        f"CREATE TRIGGER moves_along_its_table AFTER INSERT OR UPDATE OF state ON {table} FOR EACH ROW EXECUTE FUNCTION move_along_table()",
    ]
