"""Reads of shops, and the one lock."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import ColumnElement, exists, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from marvec.storefronts.errors import NoSuchStorefront
from marvec.storefronts.models import Storefront, StorefrontRating, StorefrontState
from marvec.storefronts.schemas import Rating


async def by_id(session: AsyncSession, storefront_id: UUID) -> Storefront:
    """Raises NoSuchStorefront."""
    found = await session.get(Storefront, storefront_id)
    if found is None:
        raise NoSuchStorefront
    return found


async def by_id_for_update(session: AsyncSession, storefront_id: UUID) -> Storefront:
    """Locked until the transaction ends. Raises NoSuchStorefront."""
    found = await session.get(Storefront, storefront_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchStorefront
    return found


async def by_slug(session: AsyncSession, slug: str) -> Storefront:
    """Raises NoSuchStorefront."""
    found: Storefront | None = (await session.scalars(select(Storefront).where(Storefront.slug == slug))).one_or_none()
    if found is None:
        raise NoSuchStorefront
    return found


async def owned_by(session: AsyncSession, person_id: UUID) -> list[Storefront]:
    """A person's shops, oldest first."""
    query = select(Storefront).where(Storefront.owner_id == person_id).order_by(col(Storefront.id))
    return list((await session.scalars(query)).all())


async def count_owned_by(session: AsyncSession, person_id: UUID) -> int:
    return int(await session.scalar(select(func.count()).select_from(Storefront).where(col(Storefront.owner_id) == person_id)) or 0)


async def by_ids(session: AsyncSession, storefront_ids: set[UUID]) -> dict[UUID, Storefront]:
    """Those of `storefront_ids` that exist."""
    found = await session.scalars(select(Storefront).where(col(Storefront.id).in_(storefront_ids)))
    return {shop.id: shop for shop in found}


async def rating_of(session: AsyncSession, storefront_id: UUID) -> Rating:
    return (await ratings_of(session, [storefront_id])).get(storefront_id, Rating())


async def ratings_of(session: AsyncSession, storefront_ids: Collection[UUID]) -> dict[UUID, Rating]:
    """Those of `storefront_ids` that have reviews: one row each, whatever their number."""
    rated = StorefrontRating
    columns = col(rated.storefront_id), col(rated.reviews), col(rated.stars)
    rows = await session.execute(sqlalchemy.select(*columns).where(columns[0].in_(storefront_ids), columns[1] > 0))
    return {row[0]: Rating(row[1], row[2]) for row in rows}


async def named_like(session: AsyncSession, words: Sequence[str], limit: int = 4) -> list[Storefront]:
    """Open shops whose name holds every one of `words` ([a-z0-9]+), the oldest first. Nothing for no word."""
    if not words:
        return []
    named = [func.lower(col(Storefront.name)).contains(word, autoescape=True) for word in words]
    query = select(Storefront).where(*named, Storefront.state == StorefrontState.OPEN).order_by(col(Storefront.id)).limit(limit)
    return list((await session.scalars(query)).all())


async def open_slugs(session: AsyncSession, limit: int) -> list[str]:
    """Addresses of open shops, the oldest first."""
    query = select(Storefront.slug).where(Storefront.state == StorefrontState.OPEN).order_by(col(Storefront.id)).limit(limit)
    return list((await session.scalars(query)).all())


def is_open(storefront_id: Any) -> ColumnElement[bool]:
    """SQL clause: the shop of that (column or) id is open."""
    return exists().where(col(Storefront.id) == storefront_id, col(Storefront.state) == StorefrontState.OPEN)
