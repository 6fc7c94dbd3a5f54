"""Where backups are kept: a folder (another disk, a mounted share) or a bucket that speaks S3. An object is whole or absent."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast
from urllib.parse import urlsplit

from common.backup.errors import BackupError, TargetRefuses
from common.embedded.folders import plain_words

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
else:
    S3Client = object

PART = 32 << 20  # bytes of one part of an upload; S3 takes ten thousand of them, so that an object may have 320 GB
MANY = 1000  # names in one request to delete


class Target(Protocol):
    """Names are relative, with slashes. `open` raises KeyError when there is nothing; `names` yields (name, bytes)."""

    url: str

    def put(self, name: str, source: BinaryIO) -> None: ...
    def open(self, name: str) -> BinaryIO: ...
    def names(self, prefix: str) -> Iterator[tuple[str, int]]: ...
    def delete(self, names: Iterable[str]) -> None: ...


class FolderTarget:
    """Written beside, synced, then renamed. The folder above it must be there: a disk that is not mounted shall not be replaced."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, str(folder)

    def put(self, name: str, source: BinaryIO) -> None:
        path = self.folder / name
        with plain_words(self.folder):
            if not self.folder.exists():
                self.folder.mkdir(mode=0o700)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as beside:
                draft = Path(beside.name)
                try:
                    shutil.copyfileobj(source, beside, 1 << 20)
                    beside.flush()
                    os.fsync(beside.fileno())
                    draft.replace(path)
                except BaseException:
                    draft.unlink(missing_ok=True)
                    raise
            _sync(path.parent)

    def open(self, name: str) -> BinaryIO:
        try:
            return (self.folder / name).open("rb")
        except FileNotFoundError:
            raise KeyError(name) from None

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        for path in sorted((self.folder / prefix).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.folder).as_posix(), path.stat().st_size

    def delete(self, names: Iterable[str]) -> None:
        with plain_words(self.folder):
            for name in names:
                (self.folder / name).unlink(missing_ok=True)
                if name.startswith("bases/") and not any((self.folder / name).parent.iterdir()):
                    (self.folder / name).parent.rmdir()


class S3Target:
    """A bucket, through the official client. Credentials come from the environment's usual AWS variables."""

    def __init__(self, url: str, endpoint_url: str) -> None:
        import boto3  # noqa: PLC0415  heavy, and only who keeps backups on S3 needs it
        from boto3.s3.transfer import TransferConfig  # noqa: PLC0415

        parts = urlsplit(url)
        self.url, self.bucket, self._prefix = url, parts.netloc, parts.path.strip("/")
        self._client: S3Client = boto3.client("s3", endpoint_url=endpoint_url or None)
        self._parts = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=2)

    def put(self, name: str, source: BinaryIO) -> None:
        with self._plain_words():
            self._client.upload_fileobj(source, self.bucket, self._key(name), Config=self._parts)

    def open(self, name: str) -> BinaryIO:
        with self._plain_words():
            try:
                return cast(BinaryIO, self._client.get_object(Bucket=self.bucket, Key=self._key(name))["Body"])
            except self._client.exceptions.NoSuchKey:
                raise KeyError(name) from None

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        with self._plain_words():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._key(prefix)):
                for found in page.get("Contents", []):
                    yield found["Key"].removeprefix(self._prefix).lstrip("/"), found["Size"]

    def delete(self, names: Iterable[str]) -> None:
        keys = [self._key(name) for name in names]
        with self._plain_words():
            for start in range(0, len(keys), MANY):
                self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys[start : start + MANY]]})

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    @contextmanager
    def _plain_words(self) -> Iterator[None]:
        from boto3.exceptions import Boto3Error  # noqa: PLC0415  as above
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            yield
        except ClientError as error:
            raise TargetRefuses(f"the bucket {self.bucket} refuses: {error.response.get('Error', {}).get('Code', 'unknown')}") from error
        except (BotoCoreError, Boto3Error) as error:
            raise TargetRefuses(f"the bucket {self.bucket} cannot be reached: {type(error).__name__}") from error


def target(url: str, endpoint_url: str = "") -> Target:
    """The target that `url` names: `s3://bucket/prefix`, or a folder."""
    if url.startswith("s3://"):
        return S3Target(url, endpoint_url)
    if not url:
        raise BackupError("nobody has said where backups are kept: set MARVEC_BACKUP_URL to a folder or s3://bucket/prefix")
    return FolderTarget(Path(url.removeprefix("file://")).absolute())


def _sync(folder: Path) -> None:
    """A renamed file survives a power cut once its folder is on the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
