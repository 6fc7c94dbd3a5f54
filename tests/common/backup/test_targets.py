"""Both places where backups are kept do the same; what stands in the way is one line, and nothing half-written is left."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from common.backup import targets
from common.backup.errors import TargetRefuses
from common.backup.targets import FolderTarget, S3Target, Target, target
from common.embedded.errors import DiskFull, EmbeddedError
from tests.common.embedded.make import fill, root_only, small_disk

BIG = 6 << 20


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(targets, "PART", 5 << 20)  # the smallest that S3 takes: BIG goes in two
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    if request.param == "folder":
        return target(str(tmp_path / "cadangan"))
    made = target("s3://cadangan/kota", request.getfixturevalue("endpoint"))
    assert isinstance(made, S3Target)
    made._client.create_bucket(Bucket="cadangan")
    return made


def test_what_is_put_is_opened_listed_and_gone_when_deleted(place: Target) -> None:
    place.put("bases/1/data", io.BytesIO(b"lama"))
    place.put("bases/1/data", io.BytesIO(b"b" * BIG))
    place.put("wal/a/1", io.BytesIO(b"isi"))
    with place.open("bases/1/data") as found:
        assert found.read() == b"b" * BIG
    assert list(place.names("bases/")) == [("bases/1/data", BIG)]
    assert {name for name, _size in place.names("")} == {"bases/1/data", "wal/a/1"}
    place.delete(["bases/1/data", "wal/a/1", "wal/a/2"])
    assert list(place.names("")) == []
    with pytest.raises(KeyError):
        place.open("wal/a/1")


def test_a_bucket_that_refuses_or_is_away_is_one_line(endpoint: str) -> None:
    with pytest.raises(TargetRefuses, match="the bucket nihil refuses: NoSuchBucket"):
        target("s3://nihil", endpoint).put("wal/a/1", io.BytesIO(b"isi"))
    with pytest.raises(TargetRefuses, match="the bucket nihil cannot be reached"):
        list(target("s3://nihil", "http://127.0.0.1:9").names(""))


def test_a_disk_that_is_not_mounted_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="No such file"):
        FolderTarget(tmp_path / "disk/cadangan").put("wal/a/1", io.BytesIO(b"isi"))
    assert list(tmp_path.iterdir()) == []


@root_only
def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        place = FolderTarget(disk / "cadangan")
        place.put("wal/a/1", io.BytesIO(b"isi"))
        fill(disk, leave=64 << 10)
        with pytest.raises(DiskFull):
            place.put("wal/a/2", io.BytesIO(b"b" * (1 << 20)))
        assert [path.name for path in (disk / "cadangan/wal/a").iterdir()] == ["1"]
