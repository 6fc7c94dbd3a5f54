"""The memory of `Idempotency-Key`: one row for each key of each caller, written in the transaction of its effect."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SmallInteger

from common.db import Table, id_field, utc_field


class IdempotencyKey(Table, table=True):
    """`caller` and `body_hash` are SHA-256. `status` is NULL while the effect stands and its answer is not known."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        Index("uq_idempotency_keys_caller_key", "caller", "key", unique=True),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )

    id: UUID = id_field()
    caller: bytes = Field(sa_type=LargeBinary)
    key: str
    body_hash: bytes = Field(sa_type=LargeBinary)
    status: int | None = Field(default=None, sa_type=SmallInteger)
    headers: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = utc_field(default_now=True)
