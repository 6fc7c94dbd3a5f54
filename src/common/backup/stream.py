"""The stream of WAL: `pg_receivewal` writes it into a spool as the server makes it, held by a replication slot.

The slot makes the server keep what we do not have yet, so nothing is lost while we or the target are away; the server's own
`max_slot_wal_keep_size` ends that before its disk is full. A slot that was given up, or a server that is another one, ends the series.
"""

import json
import re
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from common.backup.catalog import HISTORY, SEGMENT, start_of
from common.backup.errors import ServerRefuses
from common.embedded.clients import ask_server, last_words
from common.embedded.folders import Hold, make_private, write_whole
from common.embedded.postgres import SLOT
from common.embedded.processes import end

MOST_WAITING = 64  # whole segments in the spool: what more there is waits at the server
STOP = ((signal.SIGINT, 5.0),)


@dataclass(frozen=True)
class Followed:
    """What the spool belongs to."""

    series: str
    system: str


class Stream:
    """The spool below `data/backup`, and the program that fills it. One holder at a time."""

    def __init__(self, data_dir: Path, url: str) -> None:
        self._folder, self._url = data_dir / "backup", url
        self.spool = self._folder / "wal"
        self._hold = Hold(self._folder)
        self._program: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Raises AlreadyRunning."""
        make_private(self._folder)
        self._hold.take(f"somebody follows the WAL into {self._folder} already")

    def close(self) -> None:
        self._end_program()
        self._hold.release()

    async def ensure(self, connection: asyncpg.Connection) -> str:
        """The series, a new one when the old one cannot go on. Raises ServerRefuses when the server lets nobody stream."""
        await _check_server(connection)
        system = str(await connection.fetchval("SELECT system_identifier FROM pg_control_system()"))
        slot = await connection.fetchrow("SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1", SLOT)
        followed = series_of(self._folder.parent)
        if followed is None or followed.system != system or slot is None or slot["wal_status"] == "lost":
            followed = await self._begin(connection, system, slot is not None)
        self._fill()
        return followed.series

    @property
    def fills(self) -> bool:
        """Whether WAL comes in; not while the spool is full."""
        return self._program is not None and self._program.poll() is None

    async def received(self, connection: asyncpg.Connection) -> int:
        """The position in the WAL up to which the spool has it; 0 while nothing is received."""
        found = await connection.fetchval(
            """SELECT r.write_lsn - '0/0'::pg_lsn FROM pg_stat_replication r
               JOIN pg_replication_slots s ON s.active_pid = r.pid WHERE s.slot_name = $1""",
            SLOT,
        )
        return int(found or 0)

    def waiting(self) -> list[Path]:
        """Whole segments and timeline histories, oldest first."""
        return sorted(path for path in self.spool.glob("*") if SEGMENT.fullmatch(path.name) or HISTORY.fullmatch(path.name))

    def holding(self, lsn: int, size: int) -> Path | None:
        """The file whose segment of `size` bytes holds what is written just before `lsn`: growing, or just become whole."""
        for path in sorted(self.spool.glob("*"), reverse=True):
            name = path.name.removesuffix(".partial")
            if SEGMENT.fullmatch(name) and start_of(name, size) < lsn <= start_of(name, size) + size:
                return path
        return None

    def _fill(self) -> None:
        """Keep the program running, unless the spool is full. Raises ServerRefuses with what it said when it ended."""
        if len(self.waiting()) > MOST_WAITING:
            return self._end_program()
        if self.fills:
            return None
        reason = self._why_it_ended()
        make_private(self.spool)
        words = [f"--directory={self.spool}", f"--slot={SLOT}", "--no-loop", "--status-interval=1"]
        self._program = ask_server("pg_receivewal", self._url, words)
        if reason:
            raise ServerRefuses(f"the WAL is not received: {reason}")
        return None

    async def _begin(self, connection: asyncpg.Connection, system: str, has_slot: bool) -> Followed:
        """A new series: nothing of the old one may be mixed into it."""
        self._end_program()
        (self._folder / "series.json").unlink(missing_ok=True)
        shutil.rmtree(self.spool, ignore_errors=True)
        try:
            if has_slot:
                await connection.execute("SELECT pg_drop_replication_slot($1)", SLOT)
            await connection.execute("SELECT pg_create_physical_replication_slot($1, true)", SLOT)
        except asyncpg.ObjectInUseError as error:
            raise ServerRefuses("another process follows this server's WAL: stop it first") from error
        except asyncpg.PostgresError as error:
            raise ServerRefuses(f"the server gives no replication slot: {error}") from error
        followed = Followed(secrets.token_hex(6), system)
        write_whole(self._folder / "series.json", json.dumps(followed.__dict__))
        return followed

    def _end_program(self) -> None:
        if self._program is not None:
            end(self._program, STOP)
            self._why_it_ended()

    def _why_it_ended(self) -> str:
        if self._program is None:
            return ""
        assert self._program.stderr is not None and self._program.stdout is not None
        said = self._program.stderr.read()
        self._program.stderr.close()
        self._program.stdout.close()
        self._program = None
        return last_words(said)


def series_of(data_dir: Path) -> Followed | None:
    """The series that is followed with this data folder, also while nobody does just now."""
    try:
        return Followed(**json.loads((data_dir / "backup" / "series.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


async def _check_server(connection: asyncpg.Connection) -> None:
    """Raises ServerRefuses with what the server's owner must change."""
    found = await connection.fetchrow(
        """SELECT current_setting('wal_level') AS level, current_setting('max_wal_senders')::int AS senders,
                  current_setting('is_superuser') = 'on' OR (SELECT rolreplication FROM pg_roles WHERE rolname = current_user)
                      AND pg_has_role('pg_read_all_stats', 'usage') AS may,
                  current_user AS role"""
    )
    if found["level"] == "minimal" or found["senders"] < 2:
        raise ServerRefuses("the server keeps no WAL for us: set wal_level = replica and max_wal_senders = 4 or more, and restart it")
    if not found["may"]:
        role = re.sub(r"[^\w-]", "", found["role"])
        wanted = f"ALTER ROLE {role} REPLICATION; GRANT pg_read_all_stats TO {role}"
        raise ServerRefuses(f"the role {role} may not copy the database: {wanted}; or name another one in MARVEC_BACKUP_DATABASE_URL")
