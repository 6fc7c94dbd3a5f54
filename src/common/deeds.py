"""What waits for the end of a transaction: deeds just before its commit or after it, and writes for when it was undone."""

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

log = structlog.get_logger(__name__)
Deed = Callable[[], Awaitable[None]]
Write = Callable[[AsyncSession], Awaitable[None]]


def also_when_shown_again(session: AsyncSession, write: Write) -> None:
    """`write` has run in this transaction. Should it be undone and its form be shown again with all that was read, it runs once more."""
    session.info.setdefault("shown", []).append(write)


def if_undone(session: AsyncSession, key: str, write: Write) -> None:
    """Should this transaction be undone, `write` in another one, once its connection is given back. The last one of each `key` counts."""
    session.info["if_undone"][key] = write


def before_commit(session: AsyncSession, key: str, deed: Deed) -> None:
    """Run `deed` inside the transaction, just before COMMIT, once for each `key`."""
    session.info.setdefault("before_commit", {}).setdefault(key, deed)


def after_commit(session: AsyncSession, deed: Deed) -> None:
    """Run `deed` once the commit stands. Best effort: its failure is logged and changes nothing."""
    session.info.setdefault("after_commit", []).append(deed)


async def run_before(session: AsyncSession) -> None:
    """And what they put off in their turn."""
    await session.flush()
    while deeds := session.info.pop("before_commit", {}):
        for deed in deeds.values():
            await deed()
        await session.flush()


async def run_after(session: AsyncSession) -> None:
    """Each, whatever becomes of the others."""
    for deed in session.info.pop("after_commit", []):
        try:
            await deed()
        except Exception as error:  # by contract: what may be missed never fails what was committed
            log.warning("after_commit_failed", error=type(error).__name__)
