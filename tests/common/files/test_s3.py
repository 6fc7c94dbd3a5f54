"""The second implementation of the store, against a server that speaks S3 over HTTP."""

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from common import ids
from common.files.stores import S3Store, store
from common.settings import Settings


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Store]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    made = store(Settings(files_url="s3://berkas/kota", files_endpoint_url=f"http://{host}:{port}"))
    assert isinstance(made, S3Store)
    made.client.create_bucket(Bucket="berkas")
    yield made
    server.stop()


async def test_what_is_put_is_got_listed_and_gone_when_deleted(bucket: S3Store) -> None:
    key = f"ab/{ids.uuid7()}"
    await bucket.put(key, b"isi", "image/jpeg")
    await bucket.put(key, b"isi baru", "image/jpeg")
    assert await bucket.get(key) == b"isi baru"
    assert [name for name, _written in await bucket.keys()] == [key]
    await bucket.delete(key)
    with pytest.raises(KeyError):
        await bucket.get(key)
