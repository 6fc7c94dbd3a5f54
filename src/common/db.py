"""The database: one transaction a request, message or job, and the only place that commits.

Two doors to the same PostgreSQL: SQLAlchemy sessions for the business verbs, and a held asyncpg connection for hot reads and
single statements. `after_commit` is best effort (wake-ups); what must happen goes into the outbox.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from litestar.types import Scope
from sqlalchemy import DateTime, Dialect, MetaData, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from common import clock, ids, servers
from common.settings import Settings, get_settings

log = structlog.get_logger(__name__)
Deed = Callable[[], Awaitable[None]]
Shown = Callable[[AsyncSession], Awaitable[None]]
POOL_SECONDS = 10.0  # who gets no connection within these gives up: the city is overloaded, and its callers try again

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


async def open_database(settings: Settings | None = None) -> Database:
    """Open both doors for this process, or share them if they are open; the last `close_database` shuts them."""
    global _open, _holders  # noqa: PLW0603  one database a process
    if _open is None:
        settings = settings or get_settings()
        size = settings.database_pool
        engine = create_async_engine(
            servers.ENGINE_URL, pool_size=size, max_overflow=size, pool_timeout=POOL_SECONDS,
            connect_args=servers.engine_options(settings, settings.database_url),
        )  # fmt: skip
        pool = await asyncpg.create_pool(
            settings.database_url, min_size=1, max_size=size, init=_prepare, reset=_leave_as_it_is, command_timeout=30,
            connect=servers.connect, **servers.pool_options(settings),
        )  # fmt: skip
        _open = Database(engine, async_sessionmaker(engine, expire_on_commit=False), pool)
    _holders += 1
    return _open


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
    """One transaction: commits at the end of the block, rolls back on any exception, then runs what waited for the commit."""
    async with database().sessions() as session:
        async with session.begin():
            try:
                yield session
                await _before(session)
            except BaseException:
                session.expunge_all()  # a rollback empties the rows it knows, and a form that is shown again still reads them
                raise
        await _after(session)


async def request_session(scope: Scope) -> AsyncIterator[AsyncSession]:
    """The request's transaction, as Litestar's one generator dependency: commits before the first byte of the answer.

    A guard may leave a deed in the request's state as `session_opened`: it runs first in the transaction (`Idempotency-Key` does).
    """
    shown: list[Shown] = []
    try:
        async with unit_of_work() as session:
            session.info["shown"] = shown
            if opened := scope["state"].get("session_opened"):
                await opened(session)
            yield session
    except BaseException:
        if shown and scope["state"].get("shown_again"):
            async with unit_of_work() as anew:
                for write in shown:
                    await write(anew)
        raise


def also_when_shown_again(session: AsyncSession, write: Shown) -> None:
    """`write` has run in this transaction. Should it be undone and its form be shown again with all that was read, it runs once more."""
    session.info.setdefault("shown", []).append(write)


def before_commit(session: AsyncSession, key: str, deed: Deed) -> None:
    """Run `deed` inside the transaction, just before COMMIT, once for each `key`."""
    session.info.setdefault("before_commit", {}).setdefault(key, deed)


def after_commit(session: AsyncSession, deed: Deed) -> None:
    """Run `deed` once the commit stands. Best effort: its failure is logged and changes nothing."""
    session.info.setdefault("after_commit", []).append(deed)


async def _before(session: AsyncSession) -> None:
    await session.flush()
    while deeds := session.info.pop("before_commit", {}):
        for deed in deeds.values():
            await deed()
        await session.flush()


async def _after(session: AsyncSession) -> None:
    for deed in session.info.pop("after_commit", []):
        try:
            await deed()
        except Exception as error:  # by contract: what may be missed never fails what was committed
            log.warning("after_commit_failed", error=type(error).__name__)


@asynccontextmanager
async def hot() -> AsyncIterator[asyncpg.Connection]:
    """An asyncpg connection of the pool, in autocommit: hot reads, single-statement writes.

    Leave nothing behind on it (SET, LISTEN, a session's advisory lock), or `terminate()` it: the next one gets it as it is.
    """
    async with database().pool.acquire() as connection:
        yield connection


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
