"""What the operator's programs see of a job. Arguments are ids, but they stay inside."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from common.outbox import OutboxRow


class JobOut(BaseModel):
    id: UUID
    job: str
    attempts: int
    created_at: datetime
    run_at: datetime
    dead_at: datetime | None
    last_error: str

    @classmethod
    def of(cls, row: OutboxRow) -> "JobOut":
        return cls.model_validate(row, from_attributes=True)


class CheckOut(BaseModel):
    """One thing looked at just now. `tone`: good, warn or bad; `took` in milliseconds, null for what is counted."""

    name: str
    tone: str
    finding: str
    section: str
    took: int | None
