"""A base: the whole database as it stands, by `pg_basebackup`, then the files, then the label that makes it one."""

import asyncio
import secrets
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

import asyncpg

from common.backup import files, sealed
from common.backup.catalog import Base, Vault
from common.backup.errors import ServerAway, ServerRefuses
from common.embedded.clients import ask_server, last_words
from common.settings import Settings

Told = Callable[[int, int], None]  # (bytes done, bytes in all)


@dataclass(frozen=True)
class Moment:
    """The server's clock and the end of its WAL on disk."""

    at: datetime
    lsn: int


def source(settings: Settings) -> str:
    """Whom to copy."""
    return settings.backup_database_url or settings.database_url


def _is_ours(settings: Settings) -> bool:
    """Whether it is the embedded server: its passwords were made for its folder and are made anew when it is restored."""
    password = settings.data_dir / "postgres" / "password"
    return password.exists() and password.read_text().strip() == urlsplit(source(settings)).password


async def connect(settings: Settings) -> asyncpg.Connection:
    """Raises ServerAway."""
    try:
        return await asyncpg.connect(source(settings), timeout=10, command_timeout=30)
    except (OSError, asyncpg.PostgresError, TimeoutError, ValueError) as error:
        raise ServerAway(f"the database cannot be reached: {error or type(error).__name__}") from error


async def moment(connection: asyncpg.Connection) -> Moment:
    row = await connection.fetchrow("SELECT clock_timestamp() AS at, pg_current_wal_flush_lsn() - '0/0'::pg_lsn AS lsn")
    return Moment(row["at"], int(row["lsn"]))


async def take(vault: Vault, settings: Settings, series: str, told: Told = lambda _done, _all: None) -> Base:
    """Copy the database and the files; `series` is the stream of WAL that follows it, or a name of its own when nobody follows.

    Runs beside the city's work. Killed half-way it leaves objects without a label, which the next pruning takes.
    """
    connection = await connect(settings)
    try:
        about = await connection.fetchrow(
            """SELECT current_database() AS database, current_setting('server_version_num')::int / 10000 AS version,
                      (SELECT sum(pg_database_size(oid)) FROM pg_database)::bigint AS size,
                      (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size') AS segment"""
        )
        began = await moment(connection)
        identity = f"{began.at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        size, stored = await _copy_database(vault, f"bases/{identity}/data", source(settings), lambda done: told(done, about["size"]))
        ended = await moment(connection)
    finally:
        await connection.close()
    keys = await files.keep_all(vault)
    await asyncio.to_thread(vault.write, f"bases/{identity}/files", keys)
    base = Base(
        identity, series, began.at, ended.at, began.lsn, ended.lsn, about["segment"], about["version"], about["database"],
        _is_ours(settings), size, stored, len(keys),
    )  # fmt: skip
    await asyncio.to_thread(vault.write_label, base)
    return base


async def _copy_database(vault: Vault, name: str, url: str, told: Callable[[int], None]) -> tuple[int, int]:
    """Plain and sealed bytes. `-X fetch` puts the WAL of the copying itself into it, so that a base can be restored by itself."""
    words: list[str | Path] = ["--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--label=marvec"]
    program = ask_server("pg_basebackup", url, words)
    assert program.stdout is not None and program.stderr is not None
    counting = _Counting(cast(BinaryIO, program.stdout), told)
    complaints = asyncio.create_task(asyncio.to_thread(program.stderr.read))
    try:
        stored = await asyncio.to_thread(vault.put, name, cast(BinaryIO, counting))
        if await asyncio.to_thread(program.wait) != 0:
            await asyncio.to_thread(vault.target.delete, [name])
            raise ServerRefuses(f"the database cannot be copied: {last_words(await complaints)}")
    finally:
        _end(program)
        await complaints
        program.stdout.close()
        program.stderr.close()
    return counting.count, stored


class _Counting:
    """Reads from the program and says how far it is."""

    def __init__(self, source: BinaryIO, told: Callable[[int], None]) -> None:
        self._source, self._told, self.count = source, told, 0

    def read(self, size: int = sealed.CHUNK) -> bytes:
        found = self._source.read(size)
        self.count += len(found)
        self._told(self.count)
        return found


def _end(program: "subprocess.Popen[bytes]") -> None:
    if program.poll() is None:
        program.kill()
        program.wait()
