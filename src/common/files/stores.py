"""Where bytes are kept: a folder, or a bucket that speaks S3. Two implementations of one port; both write whole or not at all."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from common.errors import Unavailable
from common.settings import Settings, get_settings

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
else:
    S3Client = object


class Store(Protocol):
    """Keys of files are `xx/uuid[.width]`, and `keys` yields these alone, as (key, written at). `get` raises KeyError when there is
    nothing."""

    async def put(self, key: str, data: bytes, kind: str) -> None: ...
    async def get(self, key: str) -> bytes: ...
    async def delete(self, key: str) -> None: ...
    async def keys(self) -> list[tuple[str, datetime]]: ...


class DiskStore:
    """Files below one folder; written beside, synced, then renamed, so that a crash leaves no half file under a key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, key: str, data: bytes, kind: str) -> None:
        await asyncio.to_thread(self._write, self.folder / key, data)

    async def get(self, key: str) -> bytes:
        try:
            return await asyncio.to_thread((self.folder / key).read_bytes)
        except FileNotFoundError:
            raise KeyError(key) from None

    async def delete(self, key: str) -> None:
        await asyncio.to_thread((self.folder / key).unlink, missing_ok=True)

    async def keys(self) -> list[tuple[str, datetime]]:
        return await asyncio.to_thread(lambda: list(self._walk()))

    def _walk(self) -> Iterator[tuple[str, datetime]]:
        for path in self.folder.glob("??/*"):
            yield path.relative_to(self.folder).as_posix(), datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as beside:
            try:
                beside.write(data)
                beside.flush()
                os.fsync(beside.fileno())
                Path(beside.name).replace(path)
            except OSError as error:
                Path(beside.name).unlink(missing_ok=True)
                raise Unavailable from error


class S3Store:
    """A bucket, through the official client in threads. Credentials come from the environment's usual AWS variables."""

    def __init__(self, url: str, endpoint_url: str) -> None:
        parts = urlsplit(url)
        self.bucket, self.prefix = parts.netloc, parts.path.strip("/")
        self._endpoint_url = endpoint_url or None

    @property
    def client(self) -> S3Client:
        return _s3_client(self._endpoint_url)

    async def put(self, key: str, data: bytes, kind: str) -> None:
        await asyncio.to_thread(self.client.put_object, Bucket=self.bucket, Key=self._name(key), Body=data, ContentType=kind)

    async def get(self, key: str) -> bytes:
        try:
            answer = await asyncio.to_thread(self.client.get_object, Bucket=self.bucket, Key=self._name(key))
        except self.client.exceptions.NoSuchKey:
            raise KeyError(key) from None
        return await asyncio.to_thread(answer["Body"].read)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self.client.delete_object, Bucket=self.bucket, Key=self._name(key))

    async def keys(self) -> list[tuple[str, datetime]]:
        return await asyncio.to_thread(lambda: list(self._list()))

    def _list(self) -> Iterator[tuple[str, datetime]]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            for found in page.get("Contents", []):
                key = found["Key"].removeprefix(self.prefix).lstrip("/")
                if key[2:3] == "/":  # others lie in the bucket, too: the head of the audit trail
                    yield key, found["LastModified"]

    def _name(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key


@lru_cache(maxsize=4)
def _s3_client(endpoint_url: str | None) -> S3Client:
    import boto3  # noqa: PLC0415  heavy, and only who keeps files on S3 needs it

    client: S3Client = boto3.client("s3", endpoint_url=endpoint_url)
    return client


def store(settings: Settings | None = None) -> Store:
    """The store that the settings name."""
    settings = settings or get_settings()
    if settings.files_url:
        return S3Store(settings.files_url, settings.files_endpoint_url)
    return DiskStore(settings.data_dir / "files")
