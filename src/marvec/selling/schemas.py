"""What comes in and what goes out about limits. Amounts are whole rupiah."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from common.money import LARGEST
from marvec.selling.models import AppealState

NEARLY = 80
"""Percent of the limit from which a seller is told."""


def _without_points(value: Any) -> Any:
    """`10.000.000` as people write it."""
    return value.replace(".", "").removeprefix("Rp").strip() if isinstance(value, str) else value


class Standing(BaseModel):
    """How a seller stands this month: `limit` None is no limit; `sold` counts what is placed or paid and was not given back."""

    level: int
    limit: int | None
    sold: int
    month: date = Field(description="the first day of the month, in WITA")
    granted_until: date | None = Field(default=None, description="the last day of a higher limit that an operator granted")

    @property
    def left(self) -> int:
        return max(0, (self.limit or 0) - self.sold)

    @property
    def percent(self) -> int:
        """Of the limit; 0 where there is none, 100 at most."""
        return min(100, self.sold * 100 // self.limit) if self.limit else 0

    @property
    def is_near(self) -> bool:
        return self.limit is not None and self.percent >= NEARLY


class WriteAppeal(BaseModel):
    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=1000)]


class DecideAppeal(BaseModel):
    """`because` is told to the seller, word by word. A grant needs `monthly` and `valid_until`."""

    state: Literal[AppealState.GRANTED, AppealState.REFUSED]
    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
    monthly: Annotated[int | None, BeforeValidator(_without_points)] = Field(None, gt=0, le=LARGEST)
    valid_until: date | None = None


class AppealOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: AppealState
    words: str
    opened_at: datetime
    because: str = Field(validation_alias="moved_because")
    monthly: int | None
    valid_until: date | None


class StandingOut(Standing):
    """With the newest appeal, if there was one."""

    appeal: AppealOut | None = None
