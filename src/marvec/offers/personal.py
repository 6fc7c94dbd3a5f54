"""What offers keep of a person."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import personal
from marvec.offers import queries, service

OWN = {"title", "unit", "quantity", "unit_price", "handover", "needed_at", "state", "expires_at", "created_at"}
WRITTEN = OWN | {"note"}


@personal.exports("tawaran")
async def offers(session: AsyncSession, person_id: UUID) -> Any:
    """The terms on both sides; the note only of one's own offers, the address only where it is one's own: the buyer's."""
    found = await queries.all_of(session, person_id)
    return {
        "made": [one.model_dump(include=WRITTEN | _where(one.buyer_id, person_id)) for one in found if one.author_id == person_id],
        "received": [one.model_dump(include=OWN | _where(one.buyer_id, person_id)) for one in found if one.author_id != person_id],
    }


@personal.forgets("marvec.offers")
async def forget(session: AsyncSession, person_id: UUID) -> None:
    await service.end_all_of(session, person_id)


def _where(buyer_id: UUID, person_id: UUID) -> set[str]:
    return {"address", "kelurahan_code"} if buyer_id == person_id else set()
