"""What reviews keep of a person.

Nothing is forgotten here: what was written and shown stands, a trigger holds it, and a shop's rating counts it. With the account goes the
name above it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from marvec.reviews import queries

SAID = {"order_id", "side", "stars", "words", "written_at", "shown_at", "answer", "answered_at"}


@personal.exports("ulasan")
async def reviews(session: AsyncSession, person_id: UUID) -> Any:
    """One's own, blind and hidden ones, too; and what was said of one, as far as one may read it."""
    return {
        "written": [one.model_dump(include=SAID) for one in await queries.written_by(session, person_id)],
        "received": [one.model_dump(include=SAID) for one in await queries.shown_about(session, person_id)],
    }
