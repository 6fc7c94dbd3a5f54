"""`marvec run` as a person meets it: ready within seconds, whole after every kind of end, and one line for what stands in its way."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from common.embedded.processes import free_port
from tests.common.embedded.make import (
    BUSY_MACHINE,
    as_before,
    as_nobody,
    environment,
    fetch,
    fill,
    gone,
    packages,
    python_for_everybody,
    root_only,
    small_disk,
)
from tests.marvec.cli.make import marvec, running_city


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line of a refusal."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("marvec: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


async def test_a_day_of_a_city(tmp_path: Path) -> None:
    """Start, use, second start, kill -9 of each part and of the whole, start again with the data as a former version kept them, stop."""
    data = tmp_path / "var"
    with running_city(data) as city:
        assert httpx.get(f"http://127.0.0.1:{city.port}/healthz").status_code < 500
        assert {"postgres", "valkey", "web", "worker"} <= set(city.record["processes"])
        assert (data / "run.json").stat().st_mode & 0o777 == 0o600
        assert "password" not in (data / "run.json").read_text()
        await fetch(city.owner_url, "CREATE TABLE kept AS SELECT 7 AS n")

        refused = one_line(marvec("run", "--data", str(data), "--port", str(free_port())))
        assert f"a city is already running on {data} (pid {city.process.pid}, http://127.0.0.1:{city.port})" in refused

        for name in ("web", "worker"):
            before, began = city.record["processes"][name], time.monotonic()
            os.kill(before, signal.SIGKILL)
            while city.record["processes"][name] == before:
                assert time.monotonic() - began < 1 * BUSY_MACHINE, f"{name} is not back within a second"
                time.sleep(0.01)
        assert httpx.get(f"http://127.0.0.1:{city.port}/healthz", timeout=5).status_code < 500

        orphans = city.pids
        city.process.kill()
        city.process.communicate()
        assert gone(orphans)

    as_before(data / "postgres")
    with running_city(data) as city:
        assert set(httpx.get(f"http://127.0.0.1:{city.port}/readyz").json().values()) == {"ok"}
        examined = marvec("doctor", MARVEC_DATA_DIR=str(data))
        assert "ok       roles         marvec owns nothing\n" in examined.stdout
        as_before_today = marvec("doctor", MARVEC_DATA_DIR=str(data), MARVEC_DATABASE_URL=city.owner_url).stdout
        assert "warning  roles         marvec_owner owns " in as_before_today
        assert await fetch(city.owner_url, "SELECT n FROM kept") == 7
        children = city.pids
        said = city.stop(signal.SIGINT)
        assert city.process.returncode == 0
        assert [line.split()[0] for line in said.splitlines() if "stopped  " in line][:2] == ["web", "worker"]
        assert said.endswith("Everything stopped cleanly.\n")
        assert gone(children, 0)
        assert not (data / "run.json").exists() and not (data / "environment.json").exists()


async def test_a_database_newer_than_the_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with running_city(tmp_path / "var") as city:
        version = await fetch(city.database_url, "SELECT version_num FROM alembic_version")
        await fetch(city.owner_url, "UPDATE alembic_version SET version_num = '9999'")
        assert "the database (version 9999) is newer" in marvec("migrate", MARVEC_DATABASE_URL=city.owner_url).stderr
        city.stop()
    done = marvec("run", "--no-demo", "--data", str(tmp_path / "var"), "--port", str(free_port()))
    assert done.returncode == 1
    assert done.stderr == f"marvec: the database (version 9999) is newer than this program (version {version}): update the program\n"


def test_a_taken_port_is_named_with_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"port {port} is taken: try --port " in one_line(marvec("run", "--data", str(tmp_path / "var"), "--port", str(port)))
        indonesian = marvec("run", "--data", str(tmp_path / "var"), "--port", str(port), LANG="id_ID.UTF-8")
        assert f"port {port} sudah dipakai: coba --port " in one_line(indonesian)
    assert not (tmp_path / "var/postgres").exists()


@root_only
def test_a_full_disk_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 200) as disk:
        (disk / "var").mkdir()
        fill(disk, leave=20 << 20)
        assert "left on the disk of" in one_line(marvec("run", "--data", str(disk / "var"), "--port", str(free_port())))
        assert [path.name for path in (disk / "var").iterdir()] == ["lock"]
        fill(disk)
        assert "no space left on the disk of" in one_line(marvec("run", "--data", str(disk / "other"), "--port", str(free_port())))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert f"cannot write to {tmp_path / 'file/var'}" in one_line(marvec("run", "--data", str(tmp_path / "file/var")))


def test_production_is_refused_without_its_secrets(tmp_path: Path) -> None:
    done = marvec("run", "--data", str(tmp_path / "var"), "--port", str(free_port()), MARVEC_MODE="production")
    assert "production needs: MARVEC_SECRET_KEY, MARVEC_NIK_KEY, STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET" in one_line(done)


@root_only
def test_an_ordinary_user_runs_a_city_below_his_home(tmp_path: Path) -> None:
    python = python_for_everybody(same=3)
    home = Path("/tmp") / f"marvec-city-{os.getpid()}"  # pytest's own folders are closed to others
    home.mkdir(mode=0o700)
    who = as_nobody()
    os.chown(home, who["user"], who["group"])
    told = environment(HOME=str(home), PYTHONPATH=packages(), PYTHONDONTWRITEBYTECODE="1")
    words = ["-m", "marvec.cli", "run", "--no-demo", "--data", str(home / "var"), "--port", str(free_port())]
    command = [python, *words]
    process = subprocess.Popen(command, env=told, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **who)  # type: ignore[call-overload] # user and group
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Marvec is ready at" in line:
                break
        assert "Marvec is ready at" in said, said
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=120)[0].endswith("Everything stopped cleanly.\n")
    finally:
        process.kill()
        process.communicate()
        subprocess.run(["rm", "-rf", home], check=True)


def test_help_is_quick_because_nothing_is_loaded() -> None:
    code = """
import sys, marvec.cli
sys.argv = ["marvec", "--help"]
try:
    marvec.cli.main()
except SystemExit:
    print(sorted({"litestar", "sqlalchemy", "stripe", "pydantic", "asyncpg"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "The whole city on this machine" in done.stdout


def test_every_command_explains_itself() -> None:
    code = """
import sys, marvec.cli
for name in marvec.cli.COMMANDS:
    sys.argv = ["marvec", name, "--help"]
    try:
        marvec.cli.main()
    except SystemExit as end:
        print(f"{name} ended with {end.code}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    names = ("run", "web", "worker", "migrate", "seed", "doctor", "audit", "ledger", "backup", "restore", "openapi")
    assert tuple(re.findall(r"^Usage: marvec (\w+)", done.stdout, re.M)) == names
    assert re.findall(r"^\w+ ended with .*", done.stdout, re.M) == [f"{name} ended with 0" for name in names]
