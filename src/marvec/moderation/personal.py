"""What moderation keeps of a person: the reports one wrote."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from marvec.moderation import queries


@personal.exports("laporan")
async def reports(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump(include={"reason", "words", "at"}) for one in await queries.written_by(session, person_id)]
