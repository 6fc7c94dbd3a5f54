"""The ladder of a late promise: when its officer is warned, what is promised anew, when the head and the operator hear of it.

The numbers are data (`ladder.toml`), of the city and where wanted of one office.
"""

import tomllib
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from civic.promises import working_days


class Rung(StrEnum):
    """Whom a late promise is brought before."""

    HEAD = "head"
    OPERATOR = "operator"


class Ladder(BaseModel):
    """In working days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    warn_before: int = Field(ge=1)
    renewal: int = Field(ge=1)
    head_after: int = Field(ge=1)
    operator_after: int = Field(ge=1)

    @model_validator(mode="after")
    def goes_upwards(self) -> "Ladder":
        if self.operator_after < self.head_after:
            raise ValueError("the operator never hears before the head of the office")
        return self

    def after(self, rung: Rung) -> int:
        return self.head_after if rung is Rung.HEAD else self.operator_after

    def renewed(self, today: date) -> date:
        """The day that is promised anew."""
        return working_days.add(today, self.renewal)

    def warns(self, due_on: date, today: date) -> bool:
        return today <= due_on and working_days.between(today, due_on) <= self.warn_before

    def has_reached(self, rung: Rung, due_on: date, today: date) -> bool:
        return working_days.between(due_on, today) >= self.after(rung)


def of_office(code: str) -> Ladder:
    return _ladders().get(code, _ladders()[""])


def longest_warning() -> int:
    """So many working days ahead a promise may have to be looked at."""
    return max(ladder.warn_before for ladder in _ladders().values())


@lru_cache(maxsize=1)
def _ladders() -> dict[str, Ladder]:
    """By office; "" is everybody else's."""
    data: dict[str, Any] = tomllib.loads((Path(__file__).parent / "ladder.toml").read_text(encoding="utf-8"))
    own = {code: Ladder.model_validate({**data["default"], **changed}) for code, changed in data.get("offices", {}).items()}
    return {"": Ladder.model_validate(data["default"]), **own}
