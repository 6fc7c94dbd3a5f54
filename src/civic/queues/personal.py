"""What queues keep of a person: the numbers that one took."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.queues import queries, service
from common import personal

OWN = {"counter", "day", "number", "queued_at", "called_at", "desk", "state", "moved_at"}
MOST = 5000  # the newest


@personal.exports("antrean")
async def numbers(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump(include=OWN) for one in (await queries.of_person(session, person_id, None, MOST))[:MOST]]


@personal.forgets("civic.queues")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    """A number that was called stays in the counts of its counter; it is of an account without a name."""
    await service.give_up_all(session, person_id)
