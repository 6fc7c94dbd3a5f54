"""What the database's failures mean to who waits for an answer: it is away, its disk is full, it was given what fits no column.

Sources: PostgreSQL's documentation, appendix A (SQLSTATE); asyncpg raises `DataError` before it sends what cannot be sent.
"""

import errno

import asyncpg
import structlog
from sqlalchemy import exc
from sqlalchemy.engine.interfaces import ExceptionContext

from common.errors import Conflict, DiskFull, DomainError, Invalid, Unavailable

log = structlog.get_logger(__name__)
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
DISK_FULL = "53100"
AWAY = ("08", "57", "53", "58", "25006")
"""Connection, operator's intervention (a restart, a time limit), no resources, its own disk or machine, a standby that only reads."""
AT_ONCE = ("40001", "40P01")
"""Two transactions stood in each other's way and this one had to give up."""


class DatabaseAway(Unavailable):
    """Nobody answers, or not in time. Nothing of the transaction stands, unless it was the COMMIT that got no answer."""

    def __init__(self) -> None:
        super().__init__(seconds=5)


class Unstorable(Invalid):
    """A number or a text that no column takes. Who reads a request refuses such things earlier; this is the last net."""


def meaning(error: BaseException) -> DomainError | None:
    """The failure in the domain's words; None where the failure is our own bug, or a constraint's word."""
    cause = _driver_error(error)
    if isinstance(cause, OSError) and cause.errno in NO_SPACE:
        return DiskFull()
    if isinstance(error, exc.TimeoutError) or isinstance(cause, TimeoutError | asyncpg.InterfaceError):
        return None if _is_misuse(cause) else DatabaseAway()
    state = getattr(cause, "sqlstate", None) or ""
    if state == DISK_FULL:
        return DiskFull()
    if state in AT_ONCE:
        return Conflict()
    if isinstance(cause, asyncpg.DataError):
        return Unstorable()
    return DatabaseAway() if state.startswith(AWAY) else None


def judge(context: ExceptionContext) -> DomainError | None:
    """SQLAlchemy's `handle_error`: what is raised instead. A connection that gave no answer in time is never used again."""
    found = meaning(context.original_exception)
    if found is None and isinstance(context.original_exception, OSError):
        found = DatabaseAway()
    if isinstance(found, DatabaseAway):
        context.is_disconnect = True
    if found is not None:
        note(found, context.original_exception)
    return found


def away(error: OSError) -> DomainError:
    """No connection could be made."""
    found = meaning(error) or DatabaseAway()
    note(found, error)
    return found


def note(found: DomainError, error: BaseException) -> None:
    """One line: by kind, never by value. What was unstorable is told with its trace, since it may be a bug of ours."""
    kind = type(_driver_error(error)).__name__
    if isinstance(found, Unstorable):
        log.error("unstorable", error=kind, exc_info=True)
    else:
        log.warning("database_failed", meaning=found.code, error=kind)


def _driver_error(error: BaseException) -> BaseException:
    """Out of SQLAlchemy's two wrappings."""
    wrapped = (error.orig if isinstance(error, exc.DBAPIError) else None) or error
    cause = getattr(wrapped, "__cause__", None)
    return cause if isinstance(cause, asyncpg.PostgresError | asyncpg.InterfaceError) else wrapped


def _is_misuse(cause: BaseException) -> bool:
    """asyncpg's word both for a connection that is gone and for a caller's mistake."""
    return isinstance(cause, asyncpg.InterfaceError) and not isinstance(cause, asyncpg.PostgresError) and "clos" not in str(cause)
