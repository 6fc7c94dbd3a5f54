"""Builders of shops."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from marvec.storefronts import service
from marvec.storefronts.models import Storefront
from marvec.storefronts.schemas import OpenStorefront

BONTORANNU = "73.71.01.1001"


async def shop(session: AsyncSession, owner: Actor, **given: Any) -> Storefront:
    return await service.open_storefront(session, owner, OpenStorefront(**{"name": "Dapur Ramlah", "kelurahan_code": BONTORANNU} | given))
