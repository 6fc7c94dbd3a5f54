"""What the limit keeps of a person: the appeals one wrote, and what was decided."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from marvec.selling import queries
from marvec.selling.models import AppealState

OWN = {"words", "state", "moved_because", "monthly", "valid_until", "opened_at", "moved_at"}


@personal.exports("batas_jual")
async def appeals(session: AsyncSession, person_id: UUID) -> Any:
    standing = await queries.standing_of(session, person_id)
    return {
        "batas": standing.model_dump(mode="json"),
        "permintaan": [one.model_dump(include=OWN, mode="json") for one in await queries.all_of(session, person_id)],
    }


@personal.forgets("marvec.selling")
async def refuse_open(session: AsyncSession, person_id: UUID) -> None:
    """Nobody decides on the plea of somebody who left; its words are forgotten."""
    for appeal in await queries.all_of(session, person_id):
        appeal.words = "-"
        if appeal.state is AppealState.OPEN:
            appeal.move_to(AppealState.REFUSED, by=None, because="akun ditutup")
    await session.flush()
