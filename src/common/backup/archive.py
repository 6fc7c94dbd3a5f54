"""The process that runs all the time: it keeps the WAL and the files every few seconds, and takes a base when one is due.

One round: where the WAL ends now (`at`, `lsn`); wait until the spool has it; keep the files that rows speak of; keep the WAL up to what the
spool had; write down that everything acknowledged before `at` is kept. In this order a file is always there before the WAL that names it.
A round that fails changes nothing for the city: the WAL waits in the spool and at the server, and the operator is told.
"""

import asyncio
import contextlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import structlog

from common import clock
from common.backup import base as bases
from common.backup import files, pruning, service
from common.backup.catalog import Base, Reach, Vault, Wal, start_of
from common.backup.errors import TooSlow
from common.backup.stream import Stream
from common.embedded.errors import EmbeddedError
from common.settings import Settings

log = structlog.get_logger(__name__)
PATIENCE = 8.0  # seconds that the spool may be behind the server within a round
TELL = timedelta(minutes=1)  # how often the row in the database is brought up to date: each writing is WAL again
AGAIN = timedelta(minutes=10)  # until a base that failed is tried again
LONG_AGO = datetime.min.replace(tzinfo=UTC)
MOST_PIECES = 64  # of one segment, before they are put together


class Archiver:
    """`round` once, or `follow` until told to stop."""

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._vault, self._settings = vault, settings
        self._stream = Stream(settings.data_dir, bases.source(settings))
        self._connection: asyncpg.Connection | None = None
        self._known: set[str] | None = None
        self._wal: Wal | None = None
        self._reach = Reach(LONG_AGO, 0)
        self._written_at = self._told_at = self._base_due = LONG_AGO
        self._said = ""
        self._base: asyncio.Task[Base] | None = None

    async def follow(self, stopping: asyncio.Event) -> None:
        """Round after round; the last one when told to stop, so that an orderly end leaves nothing behind."""
        self._stream.open()
        try:
            while not stopping.is_set():
                await self._try_round()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), self._settings.backup_seconds)
            await self._drop_base()
            await self._try_round(last=True)
        finally:
            await self._drop_base()
            await self._disconnect()
            self._stream.close()

    async def _try_round(self, *, last: bool = False) -> None:
        try:
            await self.round(last=last)
            await self._tell("")
        except (
            Exception
        ) as error:  # by contract: a backup that fails must not end, and is told to the operator; other texts may hold addresses
            code, text = (error.code, str(error)) if isinstance(error, EmbeddedError) else ("unexpected", type(error).__name__)
            log.warning("backup_failed", error=text)
            await self._disconnect()
            await self._tell(code)

    async def round(self, *, last: bool = False) -> None:
        """Raises what stands in the way."""
        connection = await self._connected()
        series = await self._stream.ensure(connection)
        wal = await self._wal_of(series)
        now = await bases.moment(connection)
        received = await self._await_spool(connection, now.lsn)
        whole = self._stream.waiting()
        await files.keep_new(self._vault, await self._known_files())
        size = await connection.fetchval("SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'")
        await asyncio.to_thread(self._keep_wal, wal, whole, received, size)
        if received < now.lsn:
            raise TooSlow("the WAL is received more slowly than it is written")
        await self._write_reach(series, Reach(now.at, received))
        if not last:
            await self._look_after_base(series)

    async def _await_spool(self, connection: asyncpg.Connection, lsn: int) -> int:
        waited = 0.0
        while (received := await self._stream.received(connection)) < lsn and self._stream.fills and waited < PATIENCE:
            await asyncio.sleep(0.2)
            waited += 0.2
        return received

    async def _write_reach(self, series: str, reach: Reach) -> None:
        """When the city is quiet, once in a while is enough."""
        if reach.lsn != self._reach.lsn or reach.at - self._written_at > TELL:
            await asyncio.to_thread(self._vault.write, f"wal/{series}/reach", {"at": reach.at.isoformat(), "lsn": reach.lsn})
            self._written_at = reach.at
        self._reach = reach

    def _keep_wal(self, wal: Wal, whole: list[Path], received: int, size: int) -> None:
        """What was whole before the files were looked at, then the rest up to `received`: beyond that a file may be half-written."""
        for path in whole:
            self._keep_whole(wal, path)
        growing = self._stream.holding(received, size)
        if growing is not None:
            name = growing.name.removesuffix(".partial")
            self._keep_piece(wal, growing, name, received - start_of(name, size), size)

    def _keep_whole(self, wal: Wal, path: Path) -> None:
        with path.open("rb") as source:
            self._vault.put(wal.name(path.name), source)
        self._vault.target.delete([wal.name(path.name, piece) for piece in wal.parts.pop(path.name, [])])
        wal.whole.add(path.name)
        path.unlink()

    def _keep_piece(self, wal: Wal, path: Path, name: str, end: int, size: int) -> None:
        begin = wal.end_of(name, size)
        if begin >= end:
            return
        pieces = wal.parts.setdefault(name, [])
        if len(pieces) >= MOST_PIECES:
            begin = 0
        with path.open("rb") as source:
            source.seek(begin)
            self._vault.put(wal.name(name, (begin, end)), io.BytesIO(source.read(end - begin)))
        replaced = list(pieces) if begin == 0 else []
        pieces.append((begin, end))
        if replaced:
            self._vault.target.delete([wal.name(name, piece) for piece in replaced])
            wal.parts[name] = [(begin, end)]

    async def _look_after_base(self, series: str) -> None:
        """Begin one when it is due; take up the result of one that has ended."""
        if self._base is not None and self._base.done():
            ended, self._base = self._base, None
            base = ended.result()
            self._base_due = base.ended_at + timedelta(hours=self._settings.backup_hours)
            self._known = None
            log.info("backup_taken", base=base.id, bytes=base.stored, seconds=round((base.ended_at - base.began_at).total_seconds(), 1))
            await service.tell(base=base)
            if self._settings.backup_days:
                await asyncio.to_thread(pruning.prune, self._vault, clock.now() - timedelta(days=self._settings.backup_days))
        if self._base is None and clock.now() >= self._base_due:
            self._base_due = clock.now() + AGAIN
            self._base = asyncio.create_task(bases.take(self._vault, self._settings, series))

    async def _next_base(self, series: str) -> datetime:
        mine = [base.ended_at for base in await asyncio.to_thread(self._vault.bases) if base.series == series]
        return mine[-1] + timedelta(hours=self._settings.backup_hours) if mine else clock.now()

    async def _wal_of(self, series: str) -> Wal:
        """What the target has of the series: asked once, then known, since only we write there."""
        if self._wal is None or self._wal.series != series:
            self._wal = await asyncio.to_thread(self._vault.wal, series)
            self._base_due = await self._next_base(series)
        return self._wal

    async def _known_files(self) -> set[str]:
        if self._known is None:
            self._known = await asyncio.to_thread(files.kept, self._vault)
        return self._known

    async def _tell(self, error: str) -> None:
        """The row in the database, when something is new or its time has come. A database that is away is told nothing."""
        if error == self._said and clock.now() - self._told_at < TELL:
            return
        try:
            await service.tell(reach=self._reach.at if self._reach.lsn else None, error=error)
        except Exception as away:  # as above
            log.warning("backup_not_told", error=type(away).__name__)
            return
        self._said, self._told_at = error, clock.now()

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await bases.connect(self._settings)
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        self._wal = None

    async def _drop_base(self) -> None:
        base, self._base = self._base, None
        if base is not None:
            base.cancel()
            await asyncio.wait([base])
