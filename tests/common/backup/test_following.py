"""Following a server: what was committed is kept within a round, what stands in the way is told, and no restore has a hole."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids
from common.actor import Actor
from common.backup import archive, base, queries, restoring, stream
from common.backup.archive import Archiver
from common.backup.catalog import Base
from common.backup.errors import BackupError
from common.backup.models import BackupStatus
from common.backup.verifying import verify
from common.db import unit_of_work
from common.embedded.errors import AlreadyRunning, EmbeddedError
from common.embedded.postgres import SLOT, STREAMED, Postgres
from common.files import service as files
from common.files.stores import DiskStore, store
from marvec.listings.service.picturing import PURPOSE
from tests.common.backup import make
from tests.common.embedded.make import fetch
from tests.common.files.make import a_photo

pytestmark = pytest.mark.usefixtures("database")
DEBIANS = 15
ACKNOWLEDGED = STREAMED | {"synchronous_commit": "on"}  # what was acknowledged is in the WAL, as in a city


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """With little patience for who does not take its WAL."""
    settings = ACKNOWLEDGED | {"max_slot_wal_keep_size": "64MB", "min_wal_size": "32MB", "max_wal_size": "64MB"}
    with Postgres(tmp_path_factory.mktemp("server") / "postgres", fast=True, settings=settings) as running:
        asyncio.run(fetch(running.owner_url, "CREATE TABLE said (text text, at timestamptz DEFAULT clock_timestamp())"))
        yield running


class Quiet:
    """Who tells nobody how far it is."""

    def begin(self, step: str, size: int) -> None: ...
    def done(self, size: int) -> None: ...


@asynccontextmanager
async def following(server: Postgres, folder: Path, **told: object) -> AsyncIterator[Archiver]:
    """An archiver between its rounds."""
    archiver = Archiver(make.vault(folder / "cadangan"), make.settings_of(server, folder).model_copy(update=told))
    archiver._stream.open()
    try:
        yield archiver
    finally:
        await archiver._drop_base()
        await archiver._disconnect()
        archiver._stream.close()
        await fetch(
            server.superuser_url, f"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{SLOT}'"
        )


async def copied(archiver: Archiver) -> Base:
    """Rounds until a base is there."""
    await archiver.round()
    while archiver._base is not None:
        await asyncio.wait([archiver._base])
        await archiver.round(last=False)
    return archiver._vault.bases()[-1]


async def say(server: Postgres, text: str) -> datetime:
    """Committed, and the moment after it."""
    await fetch(server.owner_url, f"INSERT INTO said VALUES ('{text}')")
    moment = await fetch(server.owner_url, "SELECT clock_timestamp()")
    assert isinstance(moment, datetime)
    return moment


async def restored(server: Postgres, folder: Path, to: Path, at: datetime | None = None) -> set[str]:
    """What was said in the restored city, whose roles keep their passwords."""
    await asyncio.to_thread(restoring.restore, make.vault(folder / "cadangan"), to, at, lambda data: DiskStore(data / "files"), Quiet())
    shutil.copy(server.data_dir / "password", to / "postgres/password")
    with Postgres(to / "postgres", fast=True) as found:
        connection = await asyncpg.connect(found.owner_url)
        said = {row["text"] for row in await connection.fetch("SELECT text FROM said")}
        await connection.close()
    return said


async def status() -> BackupStatus | None:
    async with unit_of_work() as session:
        return await queries.status(session)


async def test_what_was_said_is_restored_to_the_newest_and_to_any_moment(server: Postgres, tmp_path: Path) -> None:
    async with following(server, tmp_path) as archiver:
        await say(server, "sebelum salinan")
        await copied(archiver)
        moment = await say(server, "pagi")
        await archiver.round()
        await say(server, "siang")
        await fetch(server.superuser_url, "SELECT pg_switch_wal()")
        evening = await say(server, "malam")
        await archiver.round()
        await say(server, "tidak pernah disimpan")
        names = make.names(archiver._vault, "wal/")
    assert verify(make.vault(tmp_path / "cadangan")) == []
    assert len({name for name in names if "." in name}) == 1  # pieces of what is whole are gone
    assert await restored(server, tmp_path, tmp_path / "pagi", moment) == {"sebelum salinan", "pagi"}
    assert await restored(server, tmp_path, tmp_path / "malam", evening) == {
        "sebelum salinan",
        "pagi",
        "siang",
        "malam",
    }  # nothing was committed after it
    reached = archiver._reach.at
    with pytest.raises(BackupError, match="nothing was kept of"):
        await restored(server, tmp_path, tmp_path / "nanti", reached + timedelta(seconds=1))
    with pytest.raises(BackupError, match="no backup reaches back to"):
        await restored(server, tmp_path, tmp_path / "dulu", datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(BackupError, match=r"is not empty \(postgres\)"):
        await restored(server, tmp_path, tmp_path / "pagi")
    await fetch(server.owner_url, "TRUNCATE said")


async def test_a_growing_segment_is_kept_in_pieces_that_are_put_together_in_time(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_PIECES", 2)
    async with following(server, tmp_path) as archiver:
        await copied(archiver)
        for number in range(4):
            await say(server, f"kata {number}")
            await archiver.round()
        growing = [name for name in make.names(archiver._vault, "wal/") if "." in name]
        assert 1 <= len(growing) <= 3
    assert verify(make.vault(tmp_path / "cadangan")) == []
    assert await restored(server, tmp_path, tmp_path / "baru") == {f"kata {number}" for number in range(4)}
    await fetch(server.owner_url, "TRUNCATE said")


async def test_a_target_that_is_away_is_told_and_holds_nobody_up(server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with following(server, tmp_path) as archiver:
        await copied(archiver)
        monkeypatch.setattr(stream, "MOST_WAITING", 1)
        target = tmp_path / "cadangan"
        target.rename(tmp_path / "dicabut")
        target.write_text("disk lain")
        for number in range(3):
            await say(server, f"kata {number}")
            await fetch(server.superuser_url, "SELECT pg_switch_wal()")
            await archiver._try_round()
        told = await status()
        assert told is not None and (told.error, told.error_at is not None) == ("not_writable", True)
        assert len(list(archiver._stream.spool.glob("*"))) <= 4  # what more there is waits at the server
        target.unlink()
        (tmp_path / "dicabut").rename(target)
        for _ in range(3):
            await archiver._try_round()
        told = await status()
        assert told is not None and (told.error, told.error_at) == ("", None)
    assert verify(make.vault(tmp_path / "cadangan")) == []
    assert await restored(server, tmp_path, tmp_path / "baru") == {"kata 0", "kata 1", "kata 2"}
    await fetch(server.owner_url, "TRUNCATE said")


async def test_a_follower_who_stays_away_too_long_is_given_up_and_begins_anew_without_a_hole(server: Postgres, tmp_path: Path) -> None:
    async with following(server, tmp_path) as archiver:
        first = await copied(archiver)
        archiver._stream._end_program()
        lost = await say(server, "tidak diikuti")
        for _ in range(8):
            await say(server, "jauh")
            await fetch(server.superuser_url, "SELECT pg_switch_wal()")
        await fetch(server.superuser_url, "CHECKPOINT")
        assert await fetch(server.superuser_url, "SELECT wal_status FROM pg_replication_slots") == "lost"
        second = await copied(archiver)
        assert second.series != first.series
        await say(server, "diikuti lagi")
        await archiver.round()
    vault = make.vault(tmp_path / "cadangan")
    assert verify(vault) == []
    with pytest.raises(BackupError, match=r"nothing was kept of .*, the next begins at"):
        await restored(server, tmp_path, tmp_path / "hilang", lost)
    assert await restored(server, tmp_path, tmp_path / "baru") == {"tidak diikuti", "jauh", "diikuti lagi"}
    await fetch(server.owner_url, "TRUNCATE said")


async def test_two_cannot_follow_into_one_folder(server: Postgres, tmp_path: Path) -> None:
    async with following(server, tmp_path):
        with pytest.raises(AlreadyRunning):
            async with following(server, tmp_path):
                pass


async def test_a_file_is_kept_before_the_wal_that_names_it(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: AsyncSession
) -> None:
    """In the very round in which its row is seen; and what the store has besides, with each base."""
    del session
    async with following(server, tmp_path) as archiver:
        await copied(archiver)
        seller = Actor(ids.uuid7(), "Daeng Sikki")
        upload = await files.look_into(seller, data=a_photo(), filename="pasar.jpg", purpose=PURPOSE)
        async with unit_of_work() as writing:
            file = await files.take(writing, seller, upload, PURPOSE)
        await store().put("aa/lama", b"tanpa baris", "text/plain")
        seen: list[set[str]] = []
        keep_wal = archiver._keep_wal

        def see_and_keep(*given: Any) -> None:
            seen.append(make.names(archiver._vault, "files/"))
            keep_wal(*given)

        monkeypatch.setattr(archiver, "_keep_wal", see_and_keep)
        await archiver.round()
        assert seen == [{f"files/{file.key}"}]
        assert archiver._vault.whole(f"files/{file.key}") == await store().get(file.key)
        await base.take(archiver._vault, archiver._settings, "sendiri")
        assert "files/aa/lama" in make.names(archiver._vault, "files/")
        await store().delete("aa/lama")
        await store().delete(file.key)


async def test_what_is_damaged_or_missing_is_found_before_it_is_needed(server: Postgres, tmp_path: Path) -> None:
    async with following(server, tmp_path) as archiver:
        await copied(archiver)
        for text in ("satu", "dua"):
            await say(server, text)
            await fetch(server.superuser_url, "SELECT pg_switch_wal()")
        await archiver.round()
    vault, folder = make.vault(tmp_path / "cadangan"), tmp_path / "cadangan"
    whole = sorted(path for path in folder.glob("wal/*/*") if len(path.name) == 24)
    changed = bytearray(whole[-1].read_bytes())
    changed[-1] ^= 1
    whole[-1].write_bytes(changed)
    (found,) = verify(vault)
    assert f"{whole[-1].relative_to(folder)} was changed or cut off" in found
    whole[-1].unlink()
    (found,) = verify(vault)
    assert "the WAL has a hole at" in found
    with pytest.raises(BackupError, match="sealed with another key"):
        make.vault(folder, "kunci-pencuri").bases()
    await fetch(server.owner_url, "TRUNCATE said")


async def test_a_server_that_keeps_no_wal_says_how_to_change_that(postgres: Postgres, tmp_path: Path) -> None:
    archiver = Archiver(make.vault(tmp_path / "cadangan"), make.settings_of(postgres, tmp_path))
    with pytest.raises(BackupError, match="set wal_level = replica"):
        await archiver.round()
    plain = make.settings_of(postgres, tmp_path).model_copy(update={"backup_database_url": "postgresql://x@127.0.0.1:9/x"})
    with pytest.raises(BackupError, match="the database cannot be reached"):
        await Archiver(make.vault(tmp_path / "cadangan"), plain).round()
    await archiver._disconnect()


def test_backups_can_be_switched_off_and_on_again(tmp_path: Path) -> None:
    """Without WAL for others a server refuses to start beside a slot."""
    folder = tmp_path / "postgres"
    with Postgres(folder, fast=True, settings=STREAMED) as server:
        asyncio.run(fetch(server.superuser_url, f"SELECT pg_create_physical_replication_slot('{SLOT}', true)"))
    for settings in (None, STREAMED):
        with Postgres(folder, fast=True, settings=settings) as server:
            assert asyncio.run(fetch(server.superuser_url, "SELECT count(*) FROM pg_replication_slots")) == 0


async def test_a_real_server_of_another_version_is_followed_by_a_role_that_may_only_copy(tmp_path: Path) -> None:
    try:
        debians = Postgres(tmp_path / "server", fast=True, settings=ACKNOWLEDGED, major=DEBIANS)
        debians.start()
    except EmbeddedError:
        pytest.skip(f"no PostgreSQL {DEBIANS} here: apt-get install postgresql-{DEBIANS}")
    data = tmp_path / "baru"
    try:
        await fetch(debians.superuser_url, "CREATE ROLE penyalin LOGIN REPLICATION PASSWORD 'sandi penyalin' IN ROLE pg_read_all_stats")
        await fetch(debians.owner_url, "CREATE TABLE said (text text)")
        url = f"postgresql://penyalin:sandi%20penyalin@127.0.0.1:{debians.port}/marvec"
        async with following(debians, tmp_path, backup_database_url=url) as archiver:
            await copied(archiver)
            await say(debians, "dari server sungguhan")
            await archiver.round()
        with pytest.raises(BackupError, match="ALTER ROLE marvec REPLICATION"):
            async with following(debians, tmp_path, backup_database_url=debians.url) as archiver:
                await archiver.round()
        debians.stop()
        await asyncio.to_thread(
            restoring.restore, make.vault(tmp_path / "cadangan"), data, None, lambda _: DiskStore(data / "files"), Quiet()
        )
        shutil.copy(debians.data_dir / "password", data / "postgres/password")
        with Postgres(data / "postgres", fast=True, major=DEBIANS) as found:
            assert await fetch(found.owner_url, "SELECT text FROM said") == "dari server sungguhan"
    finally:
        debians.stop()


async def test_the_row_is_not_written_at_every_round(server: Postgres, tmp_path: Path) -> None:
    """Each writing is WAL again: a quiet city must stay quiet."""
    async with following(server, tmp_path) as archiver:
        await archiver._try_round()
        first = await status()
        await archiver._try_round()
        second = await status()
        assert first is not None and second is not None and first.told_at == second.told_at
        with clock.frozen(clock.now() + timedelta(minutes=2)):
            await archiver._try_round()
        third = await status()
        assert third is not None and third.told_at > first.told_at
        shutil.rmtree(tmp_path / "cadangan", ignore_errors=True)
