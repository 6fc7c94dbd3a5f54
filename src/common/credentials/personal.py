"""What the city says of a person. With the account nothing of it is forgotten: who checks a paper by its code must get an answer."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from common.credentials import queries

SAID = {"code", "kind", "office", "title", "subject", "issued_at", "valid_until", "state"}


@personal.exports("dokumen")
async def credentials(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump(include=SAID) for one in await queries.of_holder(session, person_id)]
