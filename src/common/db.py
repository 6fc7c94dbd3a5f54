"""The database: one transaction a request, message or job, and the only place that commits.

Two doors to the same PostgreSQL: SQLAlchemy sessions for the business verbs, and a held asyncpg connection for hot reads and
single statements. `after_commit` is best effort (wake-ups); what must happen goes into the outbox.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from litestar.types import Scope
from sqlalchemy import DateTime, Dialect, MetaData, Text, event, exc, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from common import clock, deeds, faults, ids, servers, tracing
from common.deeds import Write
from common.settings import Settings, get_settings

log = structlog.get_logger(__name__)
POOL_SECONDS = 10.0  # who gets no connection within these gives up: the city is overloaded, and its callers try again
HOT_SECONDS = 30.0  # of one hot statement

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Base of every table. Never leaves the house: answers are schemas or templates."""


def id_field() -> Any:
    """Primary key: UUIDv7."""
    return Field(default_factory=ids.uuid7, primary_key=True)


def utc_field(*, nullable: bool = False, index: bool = False, default_now: bool = False) -> Any:
    """A `timestamptz` column; `default_now` fills it from the clock."""
    kind = DateTime(timezone=True)
    if default_now:
        return Field(default_factory=clock.now, sa_type=kind, nullable=nullable, index=index)
    if nullable:
        return Field(default=None, sa_type=kind, nullable=True, index=index)
    return Field(sa_type=kind, nullable=False, index=index)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum kept as text; the migration adds the CHECK."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


def enum_field(kind: type[StrEnum], default: StrEnum | None = None, *, nullable: bool = False, index: bool = False) -> Any:
    """A column that holds one word of `kind`."""
    if default is None and not nullable:
        return Field(sa_type=EnumText(kind), nullable=False, index=index)
    return Field(default=default, sa_type=EnumText(kind), nullable=nullable, index=index)


@dataclass
class Database:
    """The process's two doors."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    pool: asyncpg.Pool


_open: Database | None = None
_holders = 0


async def open_database(settings: Settings | None = None, *, patience: float | None = None) -> Database:
    """Open both doors for this process, or share them if they are open; the last `close_database` shuts them.

    `patience`: seconds that one statement may take, where people wait for the answer; a hung database is then an error instead of silence.
    """
    global _open, _holders  # noqa: PLW0603  one database a process
    if _open is None:
        settings = settings or get_settings()
        size = settings.database_pool
        options = servers.engine_options(settings, settings.database_url) | {
            "async_creator_fn": partial(_connect, settings.database_url), "timeout": servers.CONNECT_SECONDS, "command_timeout": patience,
        }  # fmt: skip
        engine = create_async_engine(servers.ENGINE_URL, pool_size=size, max_overflow=size, pool_timeout=POOL_SECONDS, connect_args=options)
        event.listen(engine.sync_engine, "handle_error", faults.judge)
        event.listen(engine.sync_engine, "checkout", _refuse_the_dead)
        pool = await asyncpg.create_pool(
            settings.database_url, min_size=0, max_size=size, init=_prepare, reset=_leave_as_it_is, connect=_connect,
            timeout=servers.CONNECT_SECONDS, command_timeout=patience or HOT_SECONDS, **servers.pool_options(settings),
        )  # fmt: skip
        _open = Database(engine, async_sessionmaker(engine, expire_on_commit=False), pool)
    _holders += 1
    return _open


async def _connect(url: str, **options: Any) -> asyncpg.Connection:
    try:
        return await servers.connect(url, **options)
    except OSError as error:
        raise faults.away(error) from error


def _refuse_the_dead(connection: Any, _record: object, _proxy: object) -> None:
    """A connection that the server has closed is replaced before its first statement. The socket has told so: no question is sent, unlike
    by a pre-ping, which is a round trip a request."""
    if connection.driver_connection.is_closed():
        raise exc.DisconnectionError


async def close_database() -> None:
    global _open, _holders  # noqa: PLW0603  see open_database
    _holders = max(0, _holders - 1)
    if _open is None or _holders:
        return
    closing, _open = _open, None
    await closing.engine.dispose()
    await closing.pool.close()


def database() -> Database:
    if _open is None:
        raise RuntimeError("the database is not open: call open_database() first")
    return _open


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[AsyncSession]:
    """One transaction: commits at the end of the block, rolls back on any exception, then runs what waited for the commit (`after_commit`)
    or for the undoing (`if_undone`)."""
    undone: dict[str, Write] = {}
    try:
        async with database().sessions() as session:
            session.info["if_undone"] = undone
            async with session.begin():
                try:
                    yield session
                    await deeds.run_before(session)
                except BaseException as error:
                    session.expunge_all()  # a rollback empties the rows it knows, and a form that is shown again still reads them
                    if (found := faults.meaning(error)) is None:
                        raise
                    faults.note(found, error)
                    await session.invalidate()  # a connection that does not answer would not answer to ROLLBACK either
                    raise found from error
            await deeds.run_after(session)
    except Exception:
        await _write_of_the_undone(undone)
        raise


async def request_session(scope: Scope) -> AsyncIterator[AsyncSession]:
    """The request's transaction, as Litestar's one generator dependency: commits before the first byte of the answer.

    A guard may leave deeds in the request's state: `session_opened` runs first in the transaction (`Idempotency-Key` does), and
    `session_undone` once it was rolled back.
    """
    shown: list[Write] = []
    try:
        async with unit_of_work() as session:
            session.info["shown"] = shown
            if opened := scope["state"].get("session_opened"):
                await opened(session)
            yield session
    except BaseException:
        if undone := scope["state"].get("session_undone"):
            await undone()
        if shown and scope["state"].get("shown_again"):
            async with unit_of_work() as anew:
                for write in shown:
                    await write(anew)
        raise


async def _write_of_the_undone(writes: dict[str, Write]) -> None:
    """What undid the first transaction is what the caller hears of, whatever becomes of this one."""
    if not writes:
        return
    try:
        async with unit_of_work() as session:
            for write in writes.values():
                await write(session)
    except Exception as error:  # see above
        log.error("undone_not_written", error=type(error).__name__)


@asynccontextmanager
async def hot() -> AsyncIterator[asyncpg.Connection]:
    """An asyncpg connection of the pool, in autocommit: hot reads, single-statement writes.

    Leave nothing behind on it (SET, LISTEN, a session's advisory lock), or `terminate()` it: the next one gets it as it is.
    """
    pool = database().pool
    try:
        async with asyncio.timeout(POOL_SECONDS):  # the pool's own limit costs a task
            connection = await pool.acquire()
        try:
            yield connection
        except TimeoutError:
            connection.terminate()  # it would make its next holder wait as well
            raise
        finally:
            await pool.release(connection)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        if (found := faults.meaning(error)) is None:
            raise
        faults.note(found, error)
        raise found from error


@asynccontextmanager
async def as_owner() -> AsyncIterator[asyncpg.Connection]:
    """A connection of its own as the role that owns the tables, for the command line: no web or worker process has its password."""
    settings = get_settings()
    connection = await servers.connect(settings.owner_url, command_timeout=3600, **servers.pool_options(settings))
    try:
        await _prepare(connection)
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def hot_transaction() -> AsyncIterator[asyncpg.Connection]:
    """An asyncpg connection within one transaction."""
    async with hot() as connection, connection.transaction():
        yield connection


async def asyncpg_of(session: AsyncSession) -> asyncpg.Connection:
    """The driver's connection under a session: hot statements inside the same transaction."""
    raw = await (await session.connection()).get_raw_connection()
    connection: asyncpg.Connection = raw.driver_connection
    if not connection.is_in_transaction():
        await session.execute(text("SELECT"))  # the session sends BEGIN with its own first statement only; ours would commit alone
    return connection


async def _prepare(connection: asyncpg.Connection) -> None:
    tracing.watch(connection)
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=to_json, decoder=json.loads, schema="pg_catalog")


async def _leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """Instead of asyncpg's own reset, a round trip at every release: half of what a session's look-up costs.

    An open transaction is rolled back all the same, before this is called.
    """


def to_json(value: object) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")
