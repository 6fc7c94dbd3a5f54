"""Making a PostgreSQL cluster, and reading what its programs say when they refuse."""

import os
import re
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from common.embedded import binaries
from common.embedded.errors import DiskFull, EmbeddedError, NotWritable, PortTaken, StartFailed, WrongVersion
from common.embedded.folders import Doorway, plain_words, write_whole
from common.embedded.processes import Account, spawn

OWNER, APPLICATION = "marvec_owner", "marvec"
PASSWORDS = {"postgres": "password", OWNER: "password.owner", APPLICATION: "password.application"}
"""Role to file: no role can be entered by what another one knows. The last one also says that the roles are divided."""
EXTENSIONS = ("pg_trgm", "unaccent", "citext", "btree_gist", "cube", "earthdistance", "pg_stat_statements")
NO_OWN_TABLES = "REVOKE TEMPORARY ON DATABASE marvec FROM PUBLIC"
"""Who may make a table of his own, even for a moment, may call trigger functions with rows of his choice."""


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, run by `account` upon the cluster that lies behind `doorway`."""

    folder: Path
    doorway: Doorway
    account: Account | None
    cluster: str = "cluster"

    def spawn(
        self, program: str, *words: str, stdin: int = subprocess.DEVNULL, output: int | IO[bytes] = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        return spawn(
            [self.folder / program, *words],
            account=self.account,
            death_signal=signal.SIGINT,  # a fast, clean shutdown even when we are killed -9
            env={"PGDATA": str(self.doorway.path / self.cluster), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            stdin=stdin,
            output=output,
            keep_fds=self.doorway.fds,
        )

    def run(self, program: str, *words: str, stdin: str = "") -> None:
        """To its end. Raises the EmbeddedError that its output tells of."""
        process = self.spawn(program, *words, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL)
        try:
            said = process.communicate(stdin.encode() or None)[0].decode(errors="replace")
        except BaseException:
            process.kill()
            raise
        if process.returncode != 0 or re.search(r"\b(ERROR|FATAL|PANIC):", said):
            raise explain(said, folder=self.doorway.path)


def create(programs: Programs, data_dir: Path, *, durable: bool) -> None:
    """Make `data_dir/cluster` with its roles, extensions and database: whole or absent, whatever happens meanwhile."""
    for rest in data_dir.glob("cluster.half-*"):  # of a start that was killed; nobody has ever worked with it
        shutil.rmtree(rest, ignore_errors=True)
    half = data_dir / f"cluster.half-{secrets.token_hex(4)}"  # its own name: an initdb that was killed may still be tidying up its own
    maker = replace(programs, cluster=half.name)
    try:
        passwords = {role: secrets.token_urlsafe(24) for role in PASSWORDS}
        write_passwords(data_dir, passwords, programs.account)
        _initdb(maker, durable)
        _furnish(maker, passwords, durable)
        half.rename(data_dir / "cluster")
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def is_divided(data_dir: Path) -> bool:
    """Whether the tables belong to another role than the application's; they did not in folders of former times."""
    return (data_dir / PASSWORDS[APPLICATION]).exists()


def divide(programs: Programs, data_dir: Path, *, durable: bool) -> None:
    """Give all that the application's role owns to an owner's. Killed half-way it is done again by the next start."""
    passwords = {role: secrets.token_urlsafe(24) for role in (OWNER, APPLICATION)}
    statements = [
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER}; END IF; END $$",
        f"ALTER ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords[OWNER]}'",
        f"ALTER ROLE {APPLICATION} NOCREATEDB PASSWORD '{passwords[APPLICATION]}'",
        f"GRANT pg_read_all_stats TO {OWNER}",
        f"REVOKE pg_read_all_stats FROM {APPLICATION}",
        f"REASSIGN OWNED BY {APPLICATION} TO {OWNER}",
        NO_OWN_TABLES,
    ]
    _in_single_user_mode(programs, "marvec", statements, durable)
    write_passwords(data_dir, passwords, programs.account)


def check_version(programs: Programs, cluster: Path) -> None:
    """Raises WrongVersion when another major version wrote the data."""
    data, program = int((cluster / "PG_VERSION").read_text()), binaries.postgres_major(programs.folder)
    if data != program:
        message = f"the data in {cluster.parent} are of PostgreSQL {data}, this program is PostgreSQL {program}"
        raise WrongVersion(message, data=data, program=program)


def explain(said: str, *, folder: Path, log: Path | None = None, port: int = 0) -> EmbeddedError:
    """A server's last words as one of our own lines."""
    if re.search("No space left on device|Disk quota exceeded|File too large", said):
        return DiskFull(f"no space left on the disk of {folder}: free some, then start again", path=folder)
    if "Address already in use" in said:
        return PortTaken(f"port {port} is taken: choose another one for PostgreSQL", port=port)
    if re.search("Permission denied|Read-only file system", said):
        return NotWritable(f"PostgreSQL cannot write to {folder}", path=folder)
    grave = [line for line in said.splitlines() if re.search(r"\b(FATAL|PANIC|ERROR|error):", line)] or said.splitlines()[-1:]
    where = f" (see {log})" if log else ""
    return StartFailed(f"PostgreSQL did not start: {grave[-1].strip() if grave else 'no answer'}{where}", log=log)


def write_passwords(data_dir: Path, passwords: dict[str, str], account: Account | None) -> None:
    """A file for each role, for the server's account alone."""
    with plain_words(data_dir):
        for role, password in passwords.items():
            path = data_dir / PASSWORDS[role]
            write_whole(path, password)
            if account is not None:
                account.own(path)


def _initdb(programs: Programs, durable: bool) -> None:
    builtin = binaries.postgres_major(programs.folder) >= 17
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if builtin else ["--locale=C.UTF-8"]
    secret = f"--pwfile={programs.doorway.path / 'password'}"
    programs.run("initdb", "-U", "postgres", "-E", "UTF8", "--auth=scram-sha-256", secret, *locale, *([] if durable else ["--no-sync"]))


def _furnish(programs: Programs, passwords: dict[str, str], durable: bool) -> None:
    """The roles, the extensions and the database, in single-user mode: no port, no driver, nobody else there yet.

    The extensions go into template1 as well: a database that the owner makes later has them, though he may not create them.
    """
    extensions = [f"CREATE EXTENSION {name}" for name in EXTENSIONS]
    people = [
        f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords[OWNER]}'",
        f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{passwords[APPLICATION]}'",
        f"GRANT pg_read_all_stats TO {OWNER}",
    ]
    _in_single_user_mode(programs, "template1", [*extensions, *people], durable)
    _in_single_user_mode(programs, "postgres", [f"CREATE DATABASE marvec OWNER {OWNER}", NO_OWN_TABLES], durable)


def _in_single_user_mode(programs: Programs, database: str, statements: list[str], durable: bool) -> None:
    text = "".join(f"{statement};\n\n" for statement in statements)
    programs.run("postgres", "--single", "-j", "-c", f"fsync={'on' if durable else 'off'}", database, stdin=text)
