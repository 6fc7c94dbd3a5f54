"""Entries and their seals. Both are append-only: triggers refuse any change, and the application's role may not even ask for one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from common.db import Table, id_field, utc_field


class AuditEntry(Table, table=True):
    """One deed. `details` holds facts of the deed, never personal data."""

    __tablename__ = "audit_entries"

    id: UUID = id_field()
    at: datetime = utc_field(default_now=True)
    actor_id: UUID | None = Field(default=None)
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class AuditUnsealed(Table, table=True):
    """An entry that waits for its seal since its commit. Written and deleted by triggers alone."""

    __tablename__ = "audit_unsealed"

    entry_id: UUID = Field(primary_key=True, foreign_key="audit_entries.id")
    since: datetime = utc_field(index=True)


class AuditSeal(Table, table=True):
    """`hash` = HMAC-SHA256(key, previous hash + the entry's canonical JSON); `seq` counts from 1 without a gap."""

    __tablename__ = "audit_seals"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    entry_id: UUID = Field(foreign_key="audit_entries.id", unique=True)
    hash: bytes = Field(sa_type=LargeBinary)
