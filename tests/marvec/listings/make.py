"""Builders of goods."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from marvec.listings import service
from marvec.listings.models import Listing
from marvec.listings.schemas import CreateListing
from marvec.storefronts.models import Storefront

SONGKOLO = {"title": "Songkolo bagadang", "category": "makanan", "unit": "bungkus", "price": 12_000, "stock": 7}


async def draft(session: AsyncSession, seller: Actor, shop: Storefront, **given: Any) -> Listing:
    return await service.create_listing(session, seller, CreateListing(storefront_id=shop.id, **SONGKOLO | given))


async def on_sale(session: AsyncSession, seller: Actor, shop: Storefront, **given: Any) -> Listing:
    listing = await draft(session, seller, shop, **given)
    return await service.publish_listing(session, seller, listing.id)
