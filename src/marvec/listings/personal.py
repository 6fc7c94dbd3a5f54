"""What listings keep of a person: the goods. They are hidden with their shop; what was sold of them keeps its name in the order."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from marvec.listings import queries

OWN = {"title", "description", "category", "unit", "price", "lead_minutes", "kelurahan_code", "state", "created_at", "published_at"}


@personal.exports("barang")
async def goods(session: AsyncSession, person_id: UUID) -> Any:
    return [one.model_dump(include=OWN) for one in await queries.all_of_seller(session, person_id)]
