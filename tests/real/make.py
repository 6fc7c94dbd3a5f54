"""Servers as a distribution ships them, each on a free port in a folder of its own, ended with the test.

What is not installed skips the test with a sentence; `scripts/test --real` installs it first.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from common.embedded.processes import Account, Process, end, free_port, servant, spawn, wait_until

PASSWORD = "rahasia"
TRUSTED_TO_NOBODY = ("cube", "earthdistance")
PLACES = ["/usr/sbin", "/usr/local/sbin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]


def binary(name: str) -> str:
    """Where the program is, else a skip."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))
    if found is None:
        pytest.skip(f"no {name} on this machine: `scripts/test --real` installs it")
    return found


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the servers' own user may enter; a test's own folder is closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="marvec-real-"))
    if (account := servant()) is not None:
        account.own(folder)
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(command: list[str], port: int, folder: Path, *, account: Account | None = None) -> Iterator[Process]:
    """A server that listens on `port`; what it says stands in `folder`."""
    said = folder / f"{Path(command[0]).name}-{port}.log"
    with said.open("wb") as output:
        process = spawn(command, account=account, output=output, cwd=folder)
    try:
        assert wait_until(lambda: listens(port) or process.poll() is not None, 60, pause=0.02), said.read_text()
        assert process.poll() is None, said.read_text()
        yield process
    finally:
        end(process, ((2, 10.0),))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class RealPostgres:
    port: int
    process: Process

    def url(self, role: str = "marvec", *, port: int = 0) -> str:
        """For the role `marvec`, which owns its database and no more, or the superuser `postgres`."""
        return f"postgresql://{role}:{PASSWORD}@127.0.0.1:{port or self.port}/marvec"

    def ask(self, statement: str, *, role: str = "postgres") -> object:
        return asyncio.run(_ask(self.url(role), statement))


async def _ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@contextmanager
def real_postgres(folder: Path) -> Iterator[RealPostgres]:
    """The distribution's PostgreSQL with the database `marvec`, empty, and its owner."""
    initdb, postgres = binary("initdb"), binary("postgres")
    account, data, port = servant(), folder / "cluster", free_port()
    words = folder / "password"
    words.write_text(PASSWORD)
    words.chmod(0o644)
    command = [initdb, "-D", str(data), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={words}", "-E", "UTF8", "--locale", "C", "-N"]
    person = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
    subprocess.run(command, check=True, capture_output=True, cwd=folder, **person)  # type: ignore[call-overload] # keywords of Popen
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off", "max_connections": 60}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with running([postgres, "-D", str(data), *options], port, folder, account=account) as process:
        asyncio.run(_found_city(port))
        yield RealPostgres(port, process)


async def _found_city(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                connection = await asyncpg.connect(f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/postgres")
                break
            except asyncpg.CannotConnectNowError:
                await asyncio.sleep(0.05)
    try:
        await connection.execute(f"CREATE ROLE marvec LOGIN PASSWORD '{PASSWORD}'")
        await connection.execute("CREATE DATABASE marvec OWNER marvec")
    finally:
        await connection.close()


@contextmanager
def pgbouncer(folder: Path, postgres: RealPostgres, *, servers: int = 20) -> Iterator[int]:
    """In transaction mode, with so many connections to `postgres`; yields its port."""
    program, port = binary("pgbouncer"), free_port()
    people = folder / f"people-{port}.txt"
    people.write_text(f'"marvec" "{PASSWORD}"\n')
    told = folder / f"pgbouncer-{port}.ini"
    told.write_text(f"""\
[databases]
marvec = host=127.0.0.1 port={postgres.port} dbname=marvec
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {people}
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 300
""")
    account = servant()
    for file in (people, told):
        file.chmod(0o644)
    with running([program, str(told)], port, folder, account=account):
        yield port


@contextmanager
def redis_server(folder: Path, *, master: int = 0) -> Iterator[tuple[int, Process]]:
    """A Redis with a password, the replica of another one where `master` is its port."""
    program, port = binary("redis-server"), free_port()
    own = folder / f"redis-{port}"
    own.mkdir()
    words = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(own),
        "--save",
        "",
        "--requirepass",
        PASSWORD,
        "--masterauth",
        PASSWORD,
    ]
    words += ["--repl-diskless-sync-delay", "0"]
    if master:
        words += ["--replicaof", "127.0.0.1", str(master)]
    with running([program, *words], port, folder) as process:
        yield port, process


@contextmanager
def sentinel(folder: Path, master: int, *, away: int = 800) -> Iterator[int]:
    """One that watches the master `marvec` and holds it for lost after `away` milliseconds."""
    program, port = binary("redis-sentinel"), free_port()
    told = folder / f"sentinel-{port}.conf"  # it writes into it what it learns
    told.write_text(f"""\
port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor marvec 127.0.0.1 {master} 1
sentinel auth-pass marvec {PASSWORD}
sentinel down-after-milliseconds marvec {away}
sentinel failover-timeout marvec 5000
""")
    with running([program, str(told)], port, folder):
        yield port
