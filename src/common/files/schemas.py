"""What rooms are handed: an upload that was looked into, and how much room a person has left."""

from dataclasses import dataclass
from uuid import UUID

from litestar.datastructures import UploadFile

from common.errors import DomainError


@dataclass(frozen=True)
class Upload:
    """A file of a request after it was looked into: kept and waiting for its room, or why it is not kept."""

    filename: str
    file_id: UUID | None = None
    error: DomainError | None = None


@dataclass(frozen=True)
class OneFile:
    """The form of a request to the API that brings a file. Its handler takes the upload from `uploads`."""

    data: UploadFile


@dataclass(frozen=True)
class Room:
    """Files and bytes that a person keeps, and may keep."""

    files: int
    bytes: int
    most_files: int
    most_bytes: int
