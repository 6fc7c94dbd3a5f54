"""Reads of offers, and the one lock."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock
from marvec.offers.errors import NoSuchOffer
from marvec.offers.models import Offer, OfferState


async def by_id(session: AsyncSession, offer_id: UUID) -> Offer:
    """Raises NoSuchOffer."""
    return _found(await session.get(Offer, offer_id))


async def by_id_for_update(session: AsyncSession, offer_id: UUID) -> Offer:
    """Locked until the transaction ends. Raises NoSuchOffer."""
    return _found(await session.get(Offer, offer_id, with_for_update=True, populate_existing=True))


async def of_conversation(session: AsyncSession, conversation_id: UUID, limit: int = 100) -> list[Offer]:
    """The newest first."""
    mine = select(Offer).where(col(Offer.conversation_id) == conversation_id).order_by(col(Offer.id).desc()).limit(limit)
    return list(await session.scalars(mine))


async def standing_in(session: AsyncSession, conversation_ids: Sequence[UUID]) -> list[Offer]:
    """What is put to somebody now, or was agreed, in these conversations; the newest first."""
    alive = col(Offer.state) == OfferState.ACCEPTED, and_(col(Offer.state) == OfferState.OPEN, col(Offer.expires_at) > clock.now())
    found = select(Offer).where(col(Offer.conversation_id).in_(conversation_ids), or_(*alive)).order_by(col(Offer.id).desc())
    return list(await session.scalars(found.limit(200)))


async def open_of_for_update(session: AsyncSession, person_id: UUID) -> list[Offer]:
    """What a person has put to others or was put to her, and nobody has answered; locked, conversation after conversation."""
    mine = select(Offer).where(
        or_(col(Offer.buyer_id) == person_id, col(Offer.seller_id) == person_id), col(Offer.state) == OfferState.OPEN
    )
    locked = mine.order_by(col(Offer.conversation_id), col(Offer.id)).with_for_update()
    return list(await session.scalars(locked.execution_options(populate_existing=True)))


async def all_of(session: AsyncSession, person_id: UUID) -> list[Offer]:
    """Every offer that a person made or got, newest first: for the download of one's data."""
    mine = select(Offer).where(or_(col(Offer.buyer_id) == person_id, col(Offer.seller_id) == person_id))
    return list(await session.scalars(mine.order_by(col(Offer.id).desc())))


def _found(offer: Offer | None) -> Offer:
    if offer is None:
        raise NoSuchOffer
    return offer
