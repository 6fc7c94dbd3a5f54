"""A city from its backup: into an empty data folder, to its newest moment or to one before.

Each step is marked in `restoring.json`, so that one who is killed goes on where he was; the database gets its name last, so that nobody
ever starts half a city. PostgreSQL itself replays the WAL, as after a crash, and stops before the first commit after the moment.
"""

import asyncio
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from common.backup.catalog import Base, Vault, Wal, start_of
from common.backup.errors import BackupError
from common.backup.files import PREFIX, kept
from common.embedded.cluster import PASSWORDS, write_passwords
from common.embedded.errors import StartFailed
from common.embedded.folders import make_private, plain_words, write_whole
from common.embedded.postgres import Postgres
from common.embedded.processes import servant
from common.files.models import keys_of
from common.files.stores import Store

MARK = "restoring.json"
HOLDS_NOTHING = {"lock", MARK}
NOT_REACHED = "recovery ended before configured recovery target was reached"
DAYS = 7 * 86400.0  # seconds: however long the WAL is
ALONE = {  # a server that only replays: nobody is let in, nothing of its own settings matters
    "restore_command": "false",  # the WAL lies in its folder already
    "recovery_target_action": "promote",
    "recovery_target_timeline": "latest",
    "hot_standby": "off",
    "archive_mode": "off",
    "ssl": "off",
    "shared_preload_libraries": "",
    "wal_level": "replica",
    "max_wal_senders": "4",
}
CONFIGURATION = {  # Debian keeps them elsewhere, so that a copy has none
    "postgresql.conf": "",
    "pg_ident.conf": "",
    "pg_hba.conf": "local all all peer\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n",
}
REFERENCED = "referenced.tsv"
LISTING = """DO $listing$ BEGIN IF to_regclass('public.files') IS NOT NULL THEN
  EXECUTE format('COPY (SELECT id, thumbnails FROM public.files) TO %L', current_setting('data_directory') || '/referenced.tsv');
END IF; END $listing$;

"""


class Progress(Protocol):
    """Who tells a person how far it is. `begin` names a step and its size (0: not known); `done` adds to it."""

    def begin(self, step: str, size: int) -> None: ...
    def done(self, size: int) -> None: ...


@dataclass(frozen=True)
class Restored:
    """What came of it. `to`: the moment; `missing`: keys that rows speak of and the backup does not have."""

    base: Base
    to: datetime
    files: int
    missing: list[str]


def choose(vault: Vault, at: datetime | None) -> tuple[Base, datetime]:
    """The base to begin with and the moment that is reached. Raises BackupError when no backup reaches there."""
    bases = vault.bases()
    if not bases:
        raise BackupError(f"there is no backup in {vault.target.url}")
    if at is None:
        return bases[-1], vault.reach_of(bases[-1])
    before = [base for base in bases if base.ended_at <= at]
    if not before:
        raise BackupError(f"no backup reaches back to {at.isoformat()}: the oldest begins at {bases[0].ended_at.isoformat()}")
    reach = vault.reach_of(before[-1])
    if reach < at:
        later = next((f", the next begins at {base.ended_at.isoformat()}" for base in bases if base.ended_at > at), "")
        raise BackupError(f"nothing was kept of {at.isoformat()}: the backup reaches to {reach.isoformat()}{later}")
    return before[-1], at


def restore(vault: Vault, data: Path, at: datetime | None, store: Callable[[Path], Store], progress: Progress) -> Restored:
    """Fill `data`. Raises BackupError when there is a city already, or another restore was begun there."""
    with plain_words(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    restoring = _Restoring(vault, data, at, progress)
    restoring.database()
    files = restoring.files(store(data))
    missing = restoring.missing(set(files))
    restoring.finish()
    return Restored(restoring.base, restoring.to, len(files), missing)


class _Restoring:
    """One restore into one folder; what was done stands in its mark."""

    def __init__(self, vault: Vault, data: Path, at: datetime | None, progress: Progress) -> None:
        self._vault, self._data, self._progress = vault, data, progress
        self._work = data / "postgres.restoring"
        self._cluster = self._work / "cluster"
        self._steps = self._take_up(at)
        bases = {base.id: base for base in vault.bases()}
        if self._steps["base"] not in bases:
            raise BackupError(f"the backup that was begun with is gone from {vault.target.url}: empty {data} and begin again")
        self.base = bases[self._steps["base"]]
        self.to = datetime.fromisoformat(self._steps["to"])
        self._postgres = Postgres(self._work, settings=ALONE, major=self.base.version)

    def database(self) -> None:
        if self._is_done("database"):
            return
        if not self._is_done("copied"):
            self._copy()
            self._mark("copied")
        if not self._is_done("wal"):
            self._lay_out_wal()
            self._mark("wal")
        self._recover()
        self._settle()
        self._mark("database")

    def files(self, store: Store) -> list[str]:
        """Keys of all files of the backup; those that are there already stay."""
        keys = sorted(kept(self._vault))
        asyncio.run(self._fill(store, keys))
        return keys

    def missing(self, there: set[str]) -> list[str]:
        file = self._work / REFERENCED
        rows = [line.split("\t") for line in file.read_text().splitlines()] if file.exists() else []
        wanted = [
            key for name, widths in rows for key in keys_of(UUID(name), [int(width) for width in widths.strip("{}").split(",") if width])
        ]
        return [key for key in wanted if key not in there]

    def finish(self) -> None:
        """The database gets its name, and the folder is a city's."""
        (self._work / REFERENCED).unlink(missing_ok=True)
        self._work.rename(self._data / "postgres")
        (self._data / MARK).unlink()

    def _take_up(self, at: datetime | None) -> dict[str, str]:
        """The mark of one who was killed, or a new one in an empty folder."""
        wanted, mark = at.isoformat() if at else "newest", self._data / MARK
        if mark.exists():
            steps: dict[str, str] = json.loads(mark.read_text())
            if steps["wanted"] != wanted or steps["from"] != self._vault.target.url:
                raise BackupError(
                    f"another restore was begun in {self._data} (to {steps['wanted']} from {steps['from']}): end it, or empty the folder"
                )
            if not self._work.exists() and (self._data / "postgres").exists():
                (self._data / "postgres").rename(self._work)  # killed between the last two steps
            return steps
        if there := sorted(path.name for path in self._data.iterdir() if path.name not in HOLDS_NOTHING):
            raise BackupError(f"{self._data} is not empty ({there[0]}): a restore never overwrites, choose another folder")
        base, to = choose(self._vault, at)
        steps = {"wanted": wanted, "from": self._vault.target.url, "base": base.id, "to": to.isoformat()}
        write_whole(mark, json.dumps(steps))
        return steps

    def _is_done(self, step: str) -> bool:
        return step in self._steps

    def _mark(self, step: str) -> None:
        self._steps[step] = "done"
        write_whole(self._data / MARK, json.dumps(self._steps))

    def _copy(self) -> None:
        shutil.rmtree(self._work, ignore_errors=True)
        make_private(self._work, servant())
        self._progress.begin("database", self.base.size)
        with plain_words(self._work):
            self._cluster.mkdir(mode=0o700)
            with (
                self._vault.open(f"bases/{self.base.id}/data", self._progress.done) as source,
                tarfile.open(fileobj=source, mode="r|") as tar,
            ):
                tar.extractall(self._cluster, filter="tar")
            self._cluster.chmod(0o700)

    def _lay_out_wal(self) -> None:
        """Beside what the base brought with it: a segment that is there already is whole."""
        wal = self._vault.wal(self.base.series)
        folder = self._cluster / "pg_wal"
        segments = [name for name in wal.segments() if start_of(name, self.base.segment) + self.base.segment > self.base.begins]
        self._progress.begin("wal", len(segments) * self.base.segment)
        with plain_words(folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            for name in wal.histories:
                (folder / name).write_bytes(self._vault.whole(wal.name(name)))
            for segment in segments:
                if not (folder / segment).exists():
                    self._write_segment(wal, segment, folder / segment)
            for name, text in CONFIGURATION.items():
                if not (self._cluster / name).exists():
                    (self._cluster / name).write_text(text)
            (self._cluster / "recovery.signal").touch()
            self._give_away()

    def _write_segment(self, wal: Wal, segment: str, path: Path) -> None:
        """Whole, or as far as its pieces go; the rest is zeros, which is where the WAL ends."""
        names = (
            [(0, wal.name(segment))] if segment in wal.whole else [(piece[0], wal.name(segment, piece)) for piece in wal.pieces_of(segment)]
        )
        draft = path.with_suffix(".new")
        with draft.open("wb") as out:
            out.truncate(self.base.segment)
            for start, name in names:
                out.seek(start)
                for part in self._vault.pieces(name):
                    out.write(part)
                    self._progress.done(len(part))
        draft.rename(path)

    def _give_away(self) -> None:
        """To the user that the server runs as."""
        account = servant()
        if account is None:
            return
        for folder, _folders, names in os.walk(self._work):
            account.own(Path(folder))
            for name in names:
                account.own(Path(folder) / name)

    def _recover(self) -> None:
        """Replay. Everything up to the moment is in the WAL that we have; when nothing was committed after it, its end is the moment."""
        self._progress.begin("recovery", 0)
        try:
            self._replay({} if self._steps["wanted"] == "newest" else {"recovery_target_time": self.to.isoformat(sep=" ")})
        except StartFailed as error:
            if NOT_REACHED not in str(error):
                raise
            self._replay({})

    def _replay(self, target: dict[str, str]) -> None:
        postgres = Postgres(self._work, settings=ALONE | target, major=self.base.version)
        postgres.launch()
        postgres.wait(DAYS)
        postgres.stop()

    def _settle(self) -> None:
        """New passwords for the roles of our own server, whose old ones are in no backup; and a list of the files that rows speak of."""
        statements = ""
        if self.base.ours:
            passwords = {role: secrets.token_urlsafe(24) for role in PASSWORDS}
            write_passwords(self._work, passwords, servant())
            statements += "".join(f"ALTER ROLE {role} PASSWORD '{password}';\n\n" for role, password in passwords.items())
        self._postgres.alone(self.base.database, statements + LISTING)
        listed = self._cluster / REFERENCED
        if listed.exists():
            listed.rename(self._work / REFERENCED)

    async def _fill(self, store: Store, keys: list[str]) -> None:
        there = {key for key, _written in await store.keys()}
        wanted = [key for key in keys if key not in there]
        self._progress.begin("files", len(wanted))
        for key in wanted:
            data = await asyncio.to_thread(self._vault.whole, PREFIX + key)
            await store.put(key, data, "application/octet-stream")
            self._progress.done(1)
