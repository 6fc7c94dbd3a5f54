"""What the store of files keeps of a person: names and sizes of what one uploaded. Rooms that asked for a file forget it, or keep it."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from common.files import queries

NAMED = {"id", "purpose", "filename", "kind", "size", "created_at"}


@personal.exports("berkas")
async def uploads(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump(include=NAMED) | {"link": f"/berkas/{one.id}"} for one in await queries.all_owned(session, person_id)]
