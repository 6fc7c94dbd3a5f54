"""What matching keeps of a person: what one asked for, and asks to be told of."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from marvec.matching import queries, service

ASKED = {"what", "quantity", "unit", "budget", "needed_at", "kelurahan_code", "radius_km", "state", "expires_at", "created_at"}
STANDING = {"kind", "what", "price_max", "radius_km", "is_open", "created_at"}


@personal.exports("permintaan")
async def asked(session: AsyncSession, person_id: UUID) -> Any:
    return {
        "requests": [one.model_dump(include=ASKED) for one in await queries.all_requests_of(session, person_id)],
        "standing": [one.model_dump(include=STANDING) for one in await queries.all_standing_of(session, person_id)],
    }


@personal.forgets("marvec.matching")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    await service.end_all_of(session, person_id)
