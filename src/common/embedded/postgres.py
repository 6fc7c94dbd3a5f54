"""An embedded PostgreSQL: a cluster in a folder, on a loopback port, behind a password, gone when we are.

    with Postgres(Path("var/postgres")) as postgres:
        postgres.url    # postgresql://marvec:<password>@127.0.0.1:<port>/marvec

The folder holds `cluster` (PGDATA), `password`, `postgres.log` and `lock`. The database `marvec` belongs to the role `marvec`, which is
no superuser; the extensions that migrations ask for are already there.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self

import psutil

from common.embedded import binaries
from common.embedded.errors import DiskFull, EmbeddedError, NotWritable, PortTaken, StartFailed, WrongVersion
from common.embedded.folders import Doorway, Hold, make_private, plain_words
from common.embedded.processes import end, free_port, servant, spawn, wait_until

EXTENSIONS = ("pg_trgm", "unaccent", "citext", "btree_gist", "cube", "earthdistance", "pg_stat_statements")
START_SECONDS = 60.0  # recovery after a crash may have much to read
STOP = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))  # fast, then immediate shutdown

CITY = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "wal_level": "minimal",  # nobody replicates from an embedded server
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",  # solid-state disks
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # many small queries on few cores
    "idle_in_transaction_session_timeout": "60s",
    "log_min_duration_statement": "500ms",
    "log_checkpoints": "off",
    "shared_preload_libraries": "pg_stat_statements",
}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB", "autovacuum_naptime": "10min"}


class Postgres:
    """One server over one folder. `port` 0 or None: any free one. `settings` override ours; `fast` gives up durability (tests)."""

    def __init__(self, data_dir: Path, *, port: int | None = 0, settings: dict[str, str] | None = None, fast: bool = False) -> None:
        self.data_dir = data_dir
        self.port = port or 0
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = CITY | (FAST if fast else {}) | (settings or {})
        self._fast = fast
        self._account = servant()
        self._cluster = data_dir / "cluster"
        self._log = data_dir / "postgres.log"
        self._hold = Hold(data_dir)
        self._doorway: Doorway | None = None

    @property
    def url(self) -> str:
        """Address of the database `marvec` for its owner; its password was made for this folder alone."""
        return f"postgresql://marvec:{self._password()}@127.0.0.1:{self.port}/marvec"

    @property
    def superuser_url(self) -> str:
        """Address for the role `postgres`: what only a superuser may do (`max_connections`, another extension)."""
        return f"postgresql://postgres:{self._password()}@127.0.0.1:{self.port}/marvec"

    def start(self) -> None:
        """Make the cluster if there is none, start, return when it takes connections. Raises an EmbeddedError of one line."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """The part of `start` that must run on the thread that outlives the server; `wait` may run anywhere."""
        make_private(self.data_dir, self._account)
        self._hold.take(f"a PostgreSQL is already running on {self.data_dir}: stop it first, or choose another --data")
        try:
            self._doorway = Doorway(self.data_dir, self._account)
            self._await_predecessor()
            if not self._cluster.exists():
                self._create()
            self._check_version()
            self._run()
        except BaseException:
            self._let_go()
            raise

    def wait(self) -> None:
        """Until the server takes connections. Raises PortTaken, DiskFull, StartFailed; the server is then stopped."""
        assert self.process is not None
        process = self.process
        answered = wait_until(lambda: self._ready() or process.poll() is not None, START_SECONDS)
        if not answered or process.poll() is not None:
            reason = self._why_it_ended()
            self.stop()
            raise reason

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, a checkpoint is written. Stopping twice is no error."""
        if self.process is not None:
            end(self.process, STOP)
            self.process = None
        self._let_go()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    # --- starting -------------------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        chosen = self.port or free_port()
        settings = {"port": str(chosen), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""} | self._settings
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        if self._log.exists() and self._log.stat().st_size > 10_000_000:
            self._log.unlink()
        with plain_words(self._log), self._log.open("ab") as log:
            self._log_start = log.tell()
            self.process = self._spawn("postgres", *words, output=log)
        self.port = chosen

    def _spawn(
        self, program: str, *words: str, stdin: int = subprocess.DEVNULL, output: object = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        assert self._doorway is not None
        return spawn(
            [self._bin() / program, *words],
            account=self._account,
            death_signal=signal.SIGINT,  # a fast, clean shutdown even when we are killed -9
            env={"PGDATA": str(self._doorway.path / "cluster"), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            stdin=stdin,
            output=output,  # type: ignore[arg-type] # a file or PIPE
            keep_fds=self._doorway.fds,
        )

    def _bin(self) -> Path:
        return binaries.postgres_bin(for_servant=self._account is not None)

    def _ready(self) -> bool:
        """The eighth line of postmaster.pid is the postmaster's own word about itself (miscadmin.h, LOCK_FILE_LINE_PM_STATUS)."""
        assert self.process is not None
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _why_it_ended(self) -> EmbeddedError:
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return _explain(log.read().decode(errors="replace"), self.port, self.data_dir, self._log)

    # --- what is there already ------------------------------------------------------------------------------------------------------

    def _await_predecessor(self) -> None:
        """We hold the folder, so a postmaster that still lives lost its supervisor and is shutting down: wait, then insist."""
        lines = self._pid_file_lines()
        if not lines:
            return
        orphan = _postmaster(int(lines[0]))
        if orphan is None:
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)  # the machine fell; the pid may be somebody else's by now
            return
        orphan.send_signal(signal.SIGINT)
        if not wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE, 30.0):
            raise StartFailed(f"the previous PostgreSQL (pid {orphan.pid}) on {self.data_dir} does not stop", log=self._log)

    def _check_version(self) -> None:
        data, program = int((self._cluster / "PG_VERSION").read_text()), binaries.postgres_major(self._bin())
        if data != program:
            raise WrongVersion(
                f"the data in {self.data_dir} are of PostgreSQL {data}, this program is PostgreSQL {program}", data=data, program=program
            )

    # --- making a cluster -----------------------------------------------------------------------------------------------------------

    def _create(self) -> None:
        """In `cluster`, renamed away on failure: a cluster is whole or absent."""
        half = self.data_dir / "cluster.half"
        shutil.rmtree(half, ignore_errors=True)
        try:
            self._initdb()
            self._furnish()
        except BaseException:
            if self._cluster.exists():
                self._cluster.rename(half)
                shutil.rmtree(half, ignore_errors=True)
            raise

    def _initdb(self) -> None:
        assert self._doorway is not None
        with plain_words(self.data_dir):
            secret = self.data_dir / "password"
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(24))
            if self._account is not None:
                self._account.own(secret)
        flags = ["-U", "postgres", "-E", "UTF8", "--auth=scram-sha-256", f"--pwfile={self._doorway.path / 'password'}", *self._locale()]
        self._finish(self._spawn("initdb", *flags, *(["--no-sync"] if self._fast else [])), b"")

    def _locale(self) -> list[str]:
        if binaries.postgres_major(self._bin()) >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def _furnish(self) -> None:
        """The role, the extensions and the database, in single-user mode: no port, no driver, nobody else there yet."""
        extensions = [f"CREATE EXTENSION {name}" for name in EXTENSIONS]
        people = [f"CREATE ROLE marvec LOGIN CREATEDB PASSWORD '{self._password()}'", "GRANT pg_read_all_stats TO marvec"]
        for database, statements in (("template1", [*extensions, *people]), ("postgres", ["CREATE DATABASE marvec OWNER marvec"])):
            process = self._spawn(
                "postgres", "--single", "-j", "-c", "fsync=off" if self._fast else "fsync=on", database, stdin=subprocess.PIPE
            )
            self._finish(process, "".join(f"{line};\n\n" for line in statements).encode())

    def _finish(self, process: subprocess.Popen[bytes], words: bytes) -> None:
        said = process.communicate(words or None)[0].decode(errors="replace")
        if process.returncode != 0 or re.search(r"\b(ERROR|FATAL|PANIC):", said):
            raise _explain(said, self.port, self.data_dir, self._log)

    # --- letting go -----------------------------------------------------------------------------------------------------------------

    def _let_go(self) -> None:
        if self._doorway is not None:
            self._doorway.close()
            self._doorway = None
        self._hold.release()

    def _password(self) -> str:
        return (self.data_dir / "password").read_text().strip()


def _postmaster(pid: int) -> psutil.Process | None:
    """The process of that id if it is a PostgreSQL at all."""
    try:
        process = psutil.Process(pid)
        return process if process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _explain(said: str, port: int, data_dir: Path, log: Path) -> EmbeddedError:
    """The server's last words as one of our own lines."""
    if "No space left on device" in said or "Disk quota exceeded" in said or "File too large" in said:
        return DiskFull(f"no space left on the disk of {data_dir}: free some, then start again", path=data_dir)
    if "Address already in use" in said:
        return PortTaken(f"port {port} is taken: choose another one for PostgreSQL", port=port)
    if "Permission denied" in said or "Read-only file system" in said:
        return NotWritable(f"PostgreSQL cannot write to {data_dir}", path=data_dir)
    grave = [line for line in said.splitlines() if re.search(r"\b(FATAL|PANIC|ERROR|error):", line)] or said.splitlines()[-1:]
    return StartFailed(f"PostgreSQL did not start: {grave[-1].strip() if grave else 'no answer'} (see {log})", log=log)
