"""How the backups stand, in one row that every process can read: the target may be slow, far away, or closed to the web."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, Text
from sqlmodel import Column, Field

from common.db import Table, utc_field

ONLY = 1


class BackupStatus(Table, table=True):
    """`base_at`: the moment of the newest base. `reach_at`: everything acknowledged before it is kept, empty when nobody follows the WAL.
    `error`: the code of what stands in the way since `error_at`, empty when nothing does."""

    __tablename__ = "backup_status"

    id: int = Field(default=ONLY, sa_column=Column(Integer, primary_key=True))
    base_at: datetime | None = utc_field(nullable=True)
    base_bytes: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    reach_at: datetime | None = utc_field(nullable=True)
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    error_at: datetime | None = utc_field(nullable=True)
    told_at: datetime = utc_field(default_now=True)
