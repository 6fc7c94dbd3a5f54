"""An embedded PostgreSQL: a cluster in a folder, on a loopback port, behind a password, gone when we are.

    with Postgres(Path("var/postgres")) as postgres:
        postgres.url    # postgresql://marvec:<password>@127.0.0.1:<port>/marvec

The folder holds `cluster` (PGDATA), `password`s, `postgres.log` and `lock`. The database `marvec` belongs to the role `marvec_owner`, who
migrates; the application enters as `marvec`, who owns nothing. The extensions that migrations ask for are already there.
"""

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self

import psutil

from common.embedded import binaries, cluster
from common.embedded.cluster import Programs
from common.embedded.errors import EmbeddedError, PortTaken, StartFailed
from common.embedded.folders import Doorway, Hold, make_private, plain_words
from common.embedded.processes import end, free_port, servant, wait_until

LOG_BYTES = 10_000_000
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
SLOT = "marvec_backup"  # the replication slot of whoever follows the WAL
STREAMED = {
    "wal_level": "replica",
    "max_wal_senders": "4",
    "max_slot_wal_keep_size": "2GB",  # a follower who stays away this long is given up before the disk is full
}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB", "autovacuum_naptime": "10min"}


class Postgres:
    """One server over one folder. `port` 0 or None: any free one. `settings` override ours; `fast` gives up durability (tests);
    `major`: the version that the cluster needs, when it is none of ours."""

    name = "postgres"

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = 0,
        settings: dict[str, str] | None = None,
        fast: bool = False,
        major: int | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.port = port or 0
        self.process: subprocess.Popen[bytes] | None = None
        self._any_port = not port
        self._settings = CITY | (FAST if fast else {}) | (settings or {})
        self._major = major
        self._account = servant()
        self._cluster = data_dir / "cluster"
        self._log = data_dir / "postgres.log"
        self._log_start = 0
        self._hold = Hold(data_dir)
        self._doorway: Doorway | None = None

    @property
    def url(self) -> str:
        """Address of the database `marvec` for the application; its password was made for this folder alone."""
        return self._address(cluster.APPLICATION)

    @property
    def owner_url(self) -> str:
        """Address for the role that owns the tables: migrations, and what else no application may do."""
        return self._address(cluster.OWNER)

    @property
    def superuser_url(self) -> str:
        """Address for the role `postgres`: what only a superuser may do (another extension, other people's queries)."""
        return self._address("postgres")

    def start(self) -> None:
        """Make the cluster if there is none, start, return when it takes connections. Raises an EmbeddedError of one line."""
        for last_try in (False, False, True):
            self.launch()
            try:
                return self.wait()
            except PortTaken:
                if last_try or not self._any_port:
                    raise
                self.port = 0  # somebody took it between our look and the server's
        return None

    def launch(self) -> None:
        """The part of `start` that must run on the thread that outlives the server; `wait` may run anywhere."""
        make_private(self.data_dir, self._account)
        self._hold.take(f"a PostgreSQL is already running on {self.data_dir}: stop it first, or choose another --data")
        try:
            self._doorway = Doorway(self.data_dir, self._account)
            self._await_predecessor()
            programs = self._programs(self._doorway)
            durable = self._settings.get("fsync") != "off"
            if not self._cluster.exists():
                cluster.create(programs, self.data_dir, durable=durable)
            cluster.check_version(programs, self._cluster)
            self._let_slot_go()
            if not cluster.is_divided(self.data_dir) and not (self._cluster / "recovery.signal").exists():
                cluster.divide(programs, self.data_dir, durable=durable)
            self._run(programs)
        except BaseException:
            self._let_go()
            raise

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Until the server takes connections. Raises PortTaken, DiskFull, StartFailed; the server is then stopped."""
        assert self.process is not None
        process = self.process
        wait_until(lambda: self._ready() or process.poll() is not None, seconds)
        if not self._ready() or process.poll() is not None:
            reason = self._why_it_ended()
            self.stop()
            raise reason

    def alone(self, database: str, statements: str) -> None:
        """Run SQL in single-user mode on a stopped server's cluster: no port, no password, nobody else. Statements end with `;` and an
        empty line."""
        self._hold.take(f"a PostgreSQL is already running on {self.data_dir}: stop it first, or choose another --data")
        try:
            self._doorway = Doorway(self.data_dir, self._account)
            words = ["--single", "-j", "-c", "shared_preload_libraries=", database]
            self._programs(self._doorway).run("postgres", *words, stdin=statements)
        finally:
            self._let_go()

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

    def _programs(self, doorway: Doorway) -> Programs:
        return Programs(binaries.postgres_bin(for_servant=self._account is not None, major=self._major), doorway, self._account)

    def _await_predecessor(self) -> None:
        """We hold the folder, so a postmaster that still lives lost its supervisor and is shutting down: wait for it."""
        lines = self._pid_file()
        if not lines:
            return
        orphan = _postmaster(int(lines[0]))
        if orphan is None:
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)  # the machine fell; the pid may be somebody else's by now
            return
        orphan.send_signal(signal.SIGINT)
        if not wait_until(lambda: _postmaster(orphan.pid) is None, 30.0):
            raise StartFailed(f"the previous PostgreSQL (pid {orphan.pid}) on {self.data_dir} does not stop", log=self._log)

    def _run(self, programs: Programs) -> None:
        self.port = self.port or free_port()
        settings = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""} | self._settings
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.unlink()
        with plain_words(self._log), self._log.open("ab") as log:
            self._log_start = log.tell()
            self.process = programs.spawn("postgres", *words, output=log)

    def _let_slot_go(self) -> None:
        """Without streaming a server refuses to start beside a slot, and nobody would ever take the WAL that it keeps. Who follows again
        finds no slot and begins anew."""
        if self._settings["wal_level"] == "minimal":
            shutil.rmtree(self._cluster / "pg_replslot" / SLOT, ignore_errors=True)

    def _ready(self) -> bool:
        """The eighth line of postmaster.pid is the postmaster's own word about itself (LOCK_FILE_LINE_PM_STATUS in pidfile.h)."""
        assert self.process is not None
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self._cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _why_it_ended(self) -> EmbeddedError:
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            return cluster.explain(log.read().decode(errors="replace"), folder=self.data_dir, log=self._log, port=self.port)

    def _let_go(self) -> None:
        if self._doorway is not None:
            self._doorway.close()
            self._doorway = None
        self._hold.release()

    def _address(self, role: str) -> str:
        password = (self.data_dir / cluster.PASSWORDS[role]).read_text().strip()
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/marvec"


def _postmaster(pid: int) -> psutil.Process | None:
    """The living process of that id, if it is a PostgreSQL at all."""
    try:
        process = psutil.Process(pid)
        return process if process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None
