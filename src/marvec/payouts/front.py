"""What a seller's money brings to her desk: where it is, and whether it waits for her."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common import front
from common.actor import Actor
from common.front import Piece
from common.payments import movements
from marvec.payouts.schemas import BalanceOut
from marvec.storefronts.models import Storefront

NAME = "marvec.payouts"


@front.beside("seller", NAME)
async def money_of_seller(session: AsyncSession, visitor: Actor | None, shops: Sequence[Storefront]) -> Piece | None:
    """Where her money is, and whether it waits for her. Nothing before the first sale."""
    if visitor is None or not shops:
        return None
    balance = BalanceOut.of(await movements.balance_of(session, [shop.id for shop in shops]))
    shown: dict[str, Any] = {"balance": balance, "slug": shops[0].slug if len(shops) == 1 else "", "urgent": balance.waiting > 0}
    return Piece("payouts/_money.html", shown) if any(balance.model_dump().values()) else None
