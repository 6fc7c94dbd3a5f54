"""Posting. One movement, one cause, once."""

from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids
from common.payments.models import Book, Intent
from common.payments.models.flows import Flow
from common.payments.postings import Entries, difference, entries_of

POST = text("SELECT post_ledger(:id, :book, :kind, :cause, :at, :kinds, :owners, :amounts)")


async def post(session: AsyncSession, book: Book, cause: str, entries: Entries) -> bool:
    """Move money between pots. `cause` is "<kind>:<id>..."; False when it was posted before. Entries of nothing post nothing."""
    if not entries:
        return False
    await session.flush()
    values = {
        "id": ids.uuid7(),
        "book": str(book),
        "kind": cause.partition(":")[0],
        "cause": cause,
        "at": clock.now(),
        "kinds": [str(kind) for kind, _ in entries],
        "owners": [owner for _, owner in entries],
        "amounts": list(entries.values()),
    }
    return bool(await session.scalar(POST, values))


async def born(session: AsyncSession, book: Book, row: Flow) -> None:
    """Keep a new flow and post what its first state means."""
    session.add(row)
    await post(session, book, f"{row.KIND}:{row.id}:{row.state}", entries_of(row))


async def rise(session: AsyncSession, book: Book, row: Flow, new: StrEnum) -> bool:
    """Move a flow up its lattice and post the difference. False when `new` is not above: old news."""
    if not row.rises_to(new):
        return False
    before = entries_of(row)
    row.state = new
    await post(session, book, f"{row.KIND}:{row.id}:{new}", difference(entries_of(row), before))
    return True


async def post_change(session: AsyncSession, intent: Intent, cause: str, before: Entries) -> None:
    """Post what changed of an intent since `before`."""
    await post(session, intent.book, cause, difference(entries_of(intent), before))
