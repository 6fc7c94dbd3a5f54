"""The ground of every benchmark: a durable scratch city, web processes as `marvec web` starts them, the same SQL in pgbench."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import asyncpg
import psutil
from alembic import command
from alembic.config import Config

from common.embedded import binaries
from common.embedded.postgres import STREAMED, Postgres
from common.embedded.processes import free_port
from common.embedded.valkey import Valkey
from common.settings import get_settings

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def scratch_city(*, followed: bool = False) -> Iterator[str]:
    """A durable database and a Valkey of their own, migrated, named in the environment; yields the superuser's address.

    `followed`: beside it runs `marvec backup archive`, into a folder of the same disk.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Postgres(folder / "postgres", settings=STREAMED if followed else None) as postgres, Valkey(folder / "valkey") as valkey:
            os.environ |= {"MARVEC_DATABASE_URL": postgres.url, "MARVEC_REDIS_URL": valkey.url, "MARVEC_DATA_DIR": name}
            os.environ |= {
                "MARVEC_DATABASE_OWNER_URL": postgres.owner_url,
                "MARVEC_LOG_LEVEL": "ERROR",
                "MARVEC_PACE": "1000000",
                "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            }
            get_settings.cache_clear()
            config = Config()
            config.set_main_option("script_location", str(ROOT / "migrations"))
            command.upgrade(config, "head")
            with _follower(folder, postgres) if followed else nullcontext():
                yield postgres.superuser_url


@contextmanager
def _follower(folder: Path, postgres: Postgres) -> Iterator[None]:
    told = {
        "MARVEC_BACKUP_URL": str(folder / "backup-target"),
        "MARVEC_BACKUP_KEY": "k" * 32,
        "MARVEC_BACKUP_DATABASE_URL": postgres.superuser_url,
    }
    words = [sys.executable, "-W", "ignore", "-m", "marvec.cli", "backup", "archive"]
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | told)
    try:
        while not list((folder / "backup-target").glob("bases/*/label")):
            assert child.poll() is None, "nobody follows"
            time.sleep(0.1)
        yield
    finally:
        child.terminate()
        child.wait(60)


@contextmanager
def process(words: list[str], port: int) -> Iterator[psutil.Process]:
    """A Python child; it is handed over once it listens at `port`."""
    child = subprocess.Popen([sys.executable, "-W", "ignore", *words], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _await_port(port, child)
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(20)


def _await_port(port: int, child: subprocess.Popen[bytes], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not any(one.status == "LISTEN" and one.laddr.port == port for one in psutil.Process(child.pid).net_connections("tcp")):
        if child.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"nothing listens at {port}")
        time.sleep(0.1)


@contextmanager
def web_processes(count: int = 1) -> Iterator[tuple[list[int], list[psutil.Process]]]:
    """The whole application, `count` times, each at a port of its own."""
    ports = [free_port() for _ in range(count)]
    with ExitStack() as stack:
        yield ports, [stack.enter_context(process(["-m", "marvec.cli", "web", "--port", str(port)], port)) for port in ports]


async def pgbench(script: str, seconds: int, **variables: int) -> float:
    """Transactions a second of this script with 8 clients, statements prepared."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        program = binaries.postgres_bin(for_servant=False) / "pgbench"
        words = ["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(seconds), "-f", file.name]
        words += [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        database = os.environ["MARVEC_DATABASE_URL"]
        child = await asyncio.create_subprocess_exec(program, *words, database, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said, complaint = await child.communicate()
    found = re.search(r"tps = ([\d.]+)", said.decode())
    assert found is not None, complaint.decode()
    return float(found[1])


async def as_superuser(url: str, *statements: str) -> None:
    """What a benchmark lays down beside the city's own rows."""
    boss = await asyncpg.connect(url)
    for statement in statements:
        await boss.execute(statement)
    await boss.close()
