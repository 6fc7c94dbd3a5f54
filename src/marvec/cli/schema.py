"""Which version the database has and which one this code wants, told by file names and one query: no migration tool is loaded."""

import asyncio
from contextlib import suppress
from pathlib import Path

import asyncpg

from common import servers
from common.embedded.errors import EmbeddedError
from common.roles import role_of

EXTENSIONS = ("pg_trgm", "unaccent", "citext", "btree_gist", "cube", "earthdistance")
MISSING = """
    SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
    WHERE name NOT IN (SELECT extname FROM pg_extension) ORDER BY place
"""
REFUSED = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.FeatureNotSupportedError,  # the server does not have its files
    asyncpg.UniqueViolationError,  # somebody else creates it at this very moment
)
MIGRATIONS = Path(__file__).parents[3] / "migrations"


class NewerDatabase(EmbeddedError):
    """The database was migrated by newer code. facts: database, code."""

    code = "newer_database"


class NoDatabase(EmbeddedError):
    """It cannot be reached. facts: reason."""

    code = "no_database"


class NotTheOwner(EmbeddedError):
    """The tables belong to another role than the one that migrates. facts: role."""

    code = "not_the_owner"


class NoExtensions(EmbeddedError):
    """The role may not create them. facts: names, database, statement."""

    code = "no_extensions"


def versions() -> list[str]:
    """Versions that this code knows, oldest first: the numbers before the names of `migrations/versions/NNNN_name.py`."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


async def version_of(database_url: str) -> str | None:
    """The version that the database says it has; None when it is empty. Raises NoDatabase, and NotTheOwner when its tables are closed to
    this role."""
    connection = await _connected(database_url)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        version: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return version
    except asyncpg.InsufficientPrivilegeError as error:
        role = role_of(database_url)
        message = f"the tables are closed to the role {role}: see Database roles in docs/operations/runbook.md"
        raise NotTheOwner(message, role=role) from error
    finally:
        await connection.close()


def is_open_to(database_url: str) -> bool:
    """Whether the application may read what its owner has migrated: it may not in a folder whose roles were divided just now."""
    try:
        asyncio.run(version_of(database_url))
    except NotTheOwner:
        return False
    return True


async def create_extensions(database_url: str) -> None:
    """Create what is missing, as far as this role may: PostgreSQL trusts the owner of a database with most of them, not with all.

    Raises NoExtensions with all that a superuser must create.
    """
    connection = await _connected(database_url)
    try:
        for name in await missing_extensions(connection):
            with suppress(*REFUSED):
                await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        if missing := await missing_extensions(connection):
            names, statement = ", ".join(missing), statement_for(missing)
            database = await connection.fetchval("SELECT current_database()")
            message = f"this role may not create the extensions {names}: let a superuser run in the database {database}: {statement}"
            raise NoExtensions(message, names=names, database=database, statement=statement)
    finally:
        await connection.close()


async def missing_extensions(connection: asyncpg.Connection) -> list[str]:
    """Their names, in the order in which they must be created."""
    return [row["name"] for row in await connection.fetch(MISSING, EXTENSIONS)]


def statement_for(missing: list[str]) -> str:
    """What a superuser runs."""
    return "; ".join(f"CREATE EXTENSION {name}" for name in missing)


def must_migrate(database: str | None) -> bool:
    """Whether a database of that version is older than this code. Raises NewerDatabase."""
    known = versions()
    if database is not None and database not in known:
        message = f"the database (version {database}) is newer than this program (version {known[-1]}): update the program"
        raise NewerDatabase(message, database=database, code=known[-1])
    return database != known[-1]


async def _connected(database_url: str) -> asyncpg.Connection:
    try:
        return await servers.connect(database_url, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise NoDatabase(f"the database cannot be reached: {reason}", reason=reason) from error


def read_version(database_url: str) -> str | None:
    """`version_of` for who has no event loop."""
    return asyncio.run(version_of(database_url))
