"""Opening shops and filling their shelves, each at its own moment."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, regions
from common.actor import Actor
from common.files import service as files
from common.identity import service as identity
from common.identity.schemas import GiveNik
from marvec.listings import service as listings
from marvec.listings.schemas import CreateListing
from marvec.seed import banks, people, pictures
from marvec.seed.moments import History, dice_of
from marvec.seed.people import InventedShop
from marvec.seed.shelves import Item, shelf
from marvec.selling import service as selling
from marvec.selling.models import AppealState
from marvec.selling.schemas import DecideAppeal, WriteAppeal
from marvec.storefronts import queries as storefronts
from marvec.storefronts import service as opening
from marvec.storefronts.schemas import OpenStorefront

GOODS_EACH = 10
VIEWS = 3
"""Pictures of a shop's first thing; the others have one."""
FIRST_GOODS = 3
"""What the shops of the core sell at once; the rest of their shelves follows."""


async def open_shop(session: AsyncSession, history: History, number: int, owner: Actor | None = None) -> UUID:
    """Shop `number` with its owner, who is enrolled when nobody is given; its shelves are empty."""
    shop = people.shops()[number]
    with clock.frozen(history.opening_of(number, people.SHOPS)):
        owner = owner or await people.enrol_key(session, people.owner_key(number))
        await _give_nik(session, owner, number)
        wanted = OpenStorefront(name=shop.name, about=_about(shop), kelurahan_code=_place(shop).code)
        storefront_id = (await opening.open_storefront(session, owner, wanted)).id
        if number == 0:
            await _raise_limit(session, owner)
    await banks.promise(session, storefront_id)
    return storefront_id


async def fill_shelf(session: AsyncSession, history: History, number: int, places: range) -> None:
    """Put the things at these places of the shop's shelf on sale."""
    owner = await people.actor(session, people.owner_key(number))
    storefront_id = (await storefronts.owned_by(session, owner.person_id))[0].id
    items = shelf(people.shops()[number], GOODS_EACH)
    for place in places:
        with clock.frozen(history.listing_of(number, people.SHOPS, place, GOODS_EACH)):
            await _offer(session, owner, storefront_id, items[place], VIEWS if place == 0 else 1)


async def _offer(session: AsyncSession, owner: Actor, storefront_id: UUID, item: Item, views: int) -> None:
    described = CreateListing(
        storefront_id=storefront_id, title=item.title, description=item.description, category=item.category, unit=item.unit,
        price=item.price, lead_minutes=item.lead_minutes, stock=item.stock,
    )  # fmt: skip
    listing = await listings.create_listing(session, owner, described)
    for view in range(views):
        picture = pictures.draw(item.title, item.category, view, owner.name)
        upload = await files.look_into(owner, data=picture, filename="gambar.jpg", purpose=listings.PURPOSE)
        await listings.upload_picture(session, owner, listing.id, upload)
    await listings.publish_listing(session, owner, listing.id)


async def _give_nik(session: AsyncSession, owner: Actor, number: int) -> None:
    """Every third seller is at the first level, with its limit; the demonstration seller is one of them. The numbers are nobody's."""
    if number % 3:
        await identity.give_nik(session, owner, GiveNik(nik=f"737101150685{number + 1:04d}"))


async def _raise_limit(session: AsyncSession, owner: Actor) -> None:
    """The demonstration seller once asked to sell more, and an operator has granted it."""
    appeal = await selling.write_appeal(session, owner, WriteAppeal(words="Jualan kue saya sudah jalan sepuluh tahun di Tallo."))
    terms: dict[str, Any] = {"monthly": 25_000_000, "valid_until": clock.today() + timedelta(days=365)}
    granted = DecideAppeal(state=AppealState.GRANTED, because="Toko lama, semua pesanannya selesai.", **terms)
    await selling.decide(session, await people.actor(session, "operator"), appeal.id, granted)


def _place(shop: InventedShop) -> regions.Kelurahan:
    places = [place for place in regions.all_kelurahan() if place.kecamatan == shop.kecamatan] or list(regions.all_kelurahan())
    return dice_of("place", shop.name).choice(places)


def _about(shop: InventedShop) -> str:
    return f"Usaha rumahan di {shop.kecamatan}. Toko contoh: orang dan usahanya rekaan."
