"""What is known of a kept file; its bytes are in the store."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Column, Field

from common.db import Table, id_field, utc_field

WIDTHS = (160, 480, 960)  # pixels; thumbnails that a job makes of every image


class StoredFile(Table, table=True):
    """`kind` is the sniffed media type after cleaning; `width` and `height` in pixels for images; `thumbnails` the widths made so far."""

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

    @property
    def key(self) -> str:
        """Where the bytes are in the store."""
        return key_of(self.id)

    def thumbnail_key(self, width: int) -> str:
        return f"{self.key}.{width}"

    @property
    def is_pdf(self) -> bool:
        return self.kind == "application/pdf"

    @property
    def is_image(self) -> bool:
        return self.kind.startswith("image/")


def key_of(file_id: UUID) -> str:
    return f"{file_id.hex[-2:]}/{file_id}"


def keys_of(file_id: UUID, thumbnails: Sequence[int]) -> list[str]:
    """All keys that a row speaks of."""
    return [key_of(file_id), *(f"{key_of(file_id)}.{width}" for width in thumbnails)]
