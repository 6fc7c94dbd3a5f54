"""A small market to search in: one shop in Bontorannu (Mariso), another in Tello Baru (Panakkukang)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from common.db import unit_of_work
from marvec.listings.models import Listing
from marvec.search import service
from marvec.storefronts.models import Storefront
from tests.marvec.acting import person
from tests.marvec.listings.make import on_sale
from tests.marvec.storefronts.make import shop

GOODS = (
    ("Songkolo bagadang", "makanan", "porsi", 12_000, 0),
    ("Coto Makassar spesial", "makanan", "mangkuk", 28_000, 1),
    ("Bandeng segar tambak", "ikan", "kg", 40_000, 0),
    ("Bolu peca loyang", "kue", "loyang", 70_000, 1),
    ("Jalangkote isi telur", "kue", "biji", 3_500, 0),
    ("Sarung sutra Sengkang", "tenun", "lembar", 350_000, 1),
)


@dataclass
class Market:
    seller: Actor
    shops: list[Storefront]
    goods: dict[str, Listing]


async def market() -> Market:
    """Committed, its words counted."""
    async with unit_of_work() as session:
        made = await _stalls(session)
    await service.count_words()
    return made


async def _stalls(session: AsyncSession) -> Market:
    seller = person()
    shops = [
        await shop(session, seller, name="Dapur Ramlah"),
        await shop(session, seller, name="Kios Harapan", kelurahan_code="73.71.09.1003"),
    ]
    goods = {
        title: await on_sale(session, seller, shops[where], title=title, category=category, unit=unit, price=price)
        for title, category, unit, price, where in GOODS
    }
    return Market(seller, shops, goods)
