"""The port to a virus scanner, against a server that speaks clamd's protocol over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from common import ids
from common.actor import Actor
from common.db import hot
from common.errors import DomainError
from common.files import purposes, scanning, service
from common.files.errors import Infected, ScannerAway
from common.files.stores import store
from common.settings import get_settings
from tests.common.files.make import a_photo

MOTHER = Actor(ids.uuid7(), "Daeng Ngintang")
SIGNATURE = b"TANDA-VIRUS-CONTOH"

purposes.register(purposes.Purpose("test-scanned"))
pytestmark = pytest.mark.usefixtures("database")


@dataclass
class Clamd:
    """INSTREAM as clamd(8) says it; finds SIGNATURE."""

    seen: list[bytes] = field(default_factory=list)
    answer: bytes = b""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        data = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            data += await reader.readexactly(size)
        self.seen.append(data)
        writer.write(self.answer or (b"stream: Contoh.Virus FOUND\0" if SIGNATURE in data else b"stream: OK\0"))
        writer.close()


Use = Callable[[str], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    def set_scanner(url: str) -> None:
        monkeypatch.setattr(scanning, "get_settings", lambda: get_settings().model_copy(update={"scanner_url": url}))

    return set_scanner


@asynccontextmanager
async def over_tcp(clamd: Clamd, _: Path) -> AsyncIterator[str]:
    async with await asyncio.start_server(clamd.talk, "127.0.0.1", 0) as server:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def over_unix(clamd: Clamd, folder: Path) -> AsyncIterator[str]:
    async with await asyncio.start_unix_server(clamd.talk, folder / "clamd.ctl"):
        yield f"unix://{folder}/clamd.ctl"


async def refused(data: bytes) -> DomainError | None:
    before = len(await store().keys())
    error = (await service.look_into(MOTHER, data=data, filename="foto.jpg", purpose="test-scanned")).error
    async with hot() as connection:
        rows = await connection.fetchval("SELECT count(*) FROM files")
    assert (len(await store().keys()) - before, rows) == ((0, 0) if error else (1, rows))
    return error


@pytest.mark.parametrize("listening", [over_tcp, over_unix])
async def test_what_is_infected_is_refused_with_a_sentence_and_the_rest_is_kept(
    use: Use, tmp_path: Path, listening: Callable[[Clamd, Path], "AsyncIterator[str]"]
) -> None:
    clamd = Clamd()
    async with listening(clamd, tmp_path) as url:  # type: ignore[attr-defined]  # a context manager
        use(url)
        error = await refused(a_photo() + SIGNATURE)
        assert isinstance(error, Infected)
        assert (error.status, "virus" in str(error)) == (422, True)
        large = a_photo(size=(900, 900), form="PNG") + bytes(200_000)  # several chunks
        assert await refused(large) is None
    assert clamd.seen[-1] == large


async def test_a_scanner_that_is_away_or_says_nothing_of_use_is_a_503_and_nothing_is_kept(use: Use, tmp_path: Path) -> None:
    for answer in (b"INSTREAM size limit exceeded. ERROR\0", b"no end"):
        async with over_tcp(Clamd(answer=answer), tmp_path) as url:
            use(url)
            error = await refused(a_photo())
            assert isinstance(error, ScannerAway)
            assert error.status == 503
    assert isinstance(await refused(a_photo()), ScannerAway)  # nobody listens there any more
    use(f"unix://{tmp_path}/nobody.ctl")
    assert isinstance(await refused(a_photo()), ScannerAway)


async def test_a_scanner_that_hangs_is_a_503_in_bounded_time(use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    release = asyncio.Event()

    class Hanging(Clamd):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await release.wait()
            writer.close()

    async with over_tcp(Hanging(), tmp_path) as url:
        use(url)
        assert isinstance(await refused(a_photo()), ScannerAway)
        release.set()


def test_there_is_none_unless_a_setting_names_it() -> None:
    assert get_settings().scanner_url == ""
