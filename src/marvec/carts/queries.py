"""Reads of carts."""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marvec.carts.models import Cart, CartLine


def hash_of(token: str) -> str:
    """A leaked table must not open anybody's cart."""
    return sha256(token.encode()).hexdigest()


async def of_person(session: AsyncSession, person_id: UUID) -> Cart | None:
    found: Cart | None = await session.scalar(select(Cart).where(col(Cart.person_id) == person_id))
    return found


async def of_browser(session: AsyncSession, token: str) -> Cart | None:
    found: Cart | None = await session.scalar(select(Cart).where(col(Cart.token_hash) == hash_of(token)))
    return found


async def lines_of(session: AsyncSession, cart_id: UUID) -> list[CartLine]:
    """In the order of putting in."""
    mine = select(CartLine).where(col(CartLine.cart_id) == cart_id).order_by(col(CartLine.added_at), col(CartLine.listing_id))
    return list(await session.scalars(mine))


async def count_of(session: AsyncSession, cart_id: UUID) -> int:
    return int(await session.scalar(select(func.count()).select_from(CartLine).where(col(CartLine.cart_id) == cart_id)) or 0)
