"""Which version the database has and which one this code wants, told by file names and one query: no migration tool is loaded."""

import asyncio
from pathlib import Path

import asyncpg

from common.embedded.errors import EmbeddedError
from common.roles import role_of

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


def versions() -> list[str]:
    """Versions that this code knows, oldest first: the numbers before the names of `migrations/versions/NNNN_name.py`."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


async def version_of(database_url: str) -> str | None:
    """The version that the database says it has; None when it is empty. Raises NoDatabase, and NotTheOwner when its tables are closed to
    this role."""
    try:
        connection = await asyncpg.connect(database_url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise NoDatabase(f"the database cannot be reached: {reason}", reason=reason) from error
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


def must_migrate(database: str | None) -> bool:
    """Whether a database of that version is older than this code. Raises NewerDatabase."""
    known = versions()
    if database is not None and database not in known:
        message = f"the database (version {database}) is newer than this program (version {known[-1]}): update the program"
        raise NewerDatabase(message, database=database, code=known[-1])
    return database != known[-1]


def read_version(database_url: str) -> str | None:
    """`version_of` for who has no event loop."""
    return asyncio.run(version_of(database_url))
