"""What is known of a kept file; its bytes are in the store. And how much room a person's files take, and may."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Column, Field

from common.db import Table, id_field, utc_field

WIDTHS = (160, 480, 960)  # pixels; thumbnails that a job makes of every image


def key_of(file_id: UUID, width: int | None = None) -> str:
    """Where a file's bytes are in the store, or those of its thumbnail."""
    key = f"{file_id.hex[-2:]}/{file_id}"
    return key if width is None else f"{key}.{width}"


def keys_of(file_id: UUID, thumbnails: Sequence[int]) -> list[str]:
    """All keys that a row speaks of."""
    return [key_of(file_id), *(key_of(file_id, width) for width in thumbnails)]


class StoredFile(Table, table=True):
    """`kind` is the sniffed media type after cleaning; `width` and `height` in pixels for images; `thumbnails` the widths made so far.

    `waiting_since`: when it was handed in, until the room that it is for takes it.
    """

    __tablename__ = "files"

    id: UUID = id_field()
    owner_id: UUID | None = Field(default=None)
    purpose: str
    filename: str
    kind: str
    size: int
    sha256: bytes = Field(sa_type=LargeBinary)
    width: int | None = Field(default=None)
    height: int | None = Field(default=None)
    thumbnails: list[int] = Field(default_factory=list, sa_column=Column(ARRAY(Integer), nullable=False))
    created_at: datetime = utc_field(default_now=True)
    waiting_since: datetime | None = utc_field(nullable=True)

    @property
    def key(self) -> str:
        """Where the bytes are in the store."""
        return key_of(self.id)

    def thumbnail_key(self, width: int) -> str:
        return key_of(self.id, width)

    @property
    def is_pdf(self) -> bool:
        return self.kind == "application/pdf"

    @property
    def is_image(self) -> bool:
        return self.kind.startswith("image/")


class FileQuota(Table, table=True):
    """One row: how many files and bytes everybody may keep."""

    __tablename__ = "file_quota"

    one: bool = Field(default=True, primary_key=True)
    most_files: int
    most_bytes: int = Field(sa_type=BigInteger)


class FileUsage(Table, table=True):
    """What a person keeps, counted by the table of files itself (its triggers); the person's own quota where the city's is not enough."""

    __tablename__ = "file_usage"

    owner_id: UUID = Field(primary_key=True)
    files: int
    bytes: int = Field(sa_type=BigInteger)
    most_files: int | None = Field(default=None)
    most_bytes: int | None = Field(default=None, sa_type=BigInteger)
