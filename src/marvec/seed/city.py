"""Filling an empty database with the demonstration city, step by step, each step with what it did."""

import random
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from civic.services import service as services
from common import clock, regions
from common.actor import Actor
from common.db import close_database, open_database, unit_of_work
from common.queue import close_queue, open_queue
from common.settings import get_settings
from marvec import site
from marvec.listings import goods
from marvec.listings import service as listings
from marvec.listings.schemas import CreateListing
from marvec.matching import service as matching
from marvec.matching.schemas import PostRequest
from marvec.seed import people, pictures
from marvec.seed.accounts import ACCOUNTS
from marvec.seed.people import InventedShop
from marvec.storefronts import service as storefronts
from marvec.storefronts.schemas import OpenStorefront

Say = Callable[[str], None]
SHOPS, GOODS_EACH = 14, 4
REQUESTS = (
    "20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp400.000",
    "kue ulang tahun bolu untuk 15 orang, Rappocini, paling banyak Rp250.000",
)
KEPT = ("alembic_version", "state_moves")


async def seed_if_empty(say: Say = print) -> bool:
    """Seed when nobody lives here yet; True when it did."""
    async with unit_of_work() as session:
        if (await session.execute(text("SELECT EXISTS (SELECT FROM person)"))).scalar_one():
            return False
    await _fill(say)
    return True


async def seed(*, reset: bool = False, say: Say = print) -> None:
    """For `marvec seed`: open the doors, empty the house first if asked to, fill it if it is empty."""
    if get_settings().production:
        raise RuntimeError("the demonstration city is never seeded in production")
    site.load_models()
    site.load_jobs()
    await open_database()
    await open_queue()
    try:
        if reset:
            await _empty(say)
        if not await seed_if_empty(say):
            say("somebody lives here already: nothing was seeded (--reset empties the database first)")
    finally:
        await close_queue()
        await close_database()


async def _fill(say: Say) -> None:
    actors = await _accounts()
    say(f"{len(actors)} accounts")
    on_sale = await _shops(actors["penjual"])
    say(f"{SHOPS} shops with {on_sale} goods")
    await _requests(actors["pembeli"])
    await _civic(actors["ibu"])
    say(f"{len(REQUESTS)} requests, an application, appointments")


async def _accounts() -> dict[str, Actor]:
    found = {}
    for account in ACCOUNTS:
        async with unit_of_work() as session:
            found[account.key] = await people.enrol(session, account.name, account.login, account.role, account.scope)
    return found


async def _shops(first_owner: Actor) -> int:
    """The demonstration seller's shop in Tallo, then others spread over the kecamatan; returns how many goods they sell."""
    dice = random.Random("makassar")  # noqa: S311  always the same city
    names = people.invented_people()
    shops = [InventedShop("Kue Daeng Ngai", "kue", "Tallo"), *dice.sample(people.invented_shops(), SHOPS - 1)]
    on_sale = 0
    for number, shop in enumerate(shops):
        owner = first_owner
        if number:
            async with unit_of_work() as session:
                owner = await people.enrol(session, names[number], f"toko{number}@marvec.example")
        on_sale += await _shop(owner, shop, dice)
    return on_sale


async def _shop(owner: Actor, shop: InventedShop, dice: random.Random) -> int:
    places = [place for place in regions.all_kelurahan() if place.kecamatan == shop.kecamatan] or list(regions.all_kelurahan())
    place = dice.choice(places)
    async with unit_of_work() as session:
        opened = await storefronts.open_storefront(
            session, owner, OpenStorefront(name=shop.name, about=_about(shop), kelurahan_code=place.code)
        )
    free = [good for good in goods.all_goods() if goods.credential_needed(good.name) is None]
    own = [good for good in free if good.category == shop.category] or free
    chosen = dice.sample(own, min(GOODS_EACH, len(own)))
    for good in chosen:
        await _listing(owner, opened.id, good, dice)
    return len(chosen)


async def _listing(owner: Actor, storefront_id: object, good: goods.Good, dice: random.Random) -> None:
    price = max(500, round(good.price * dice.uniform(0.85, 1.2) / 500) * 500)
    described = CreateListing.model_validate(
        {
            "storefront_id": storefront_id,
            "title": good.name[:1].upper() + good.name[1:],
            "description": f"{good.meaning}.",
            "category": good.category,
            "unit": good.unit,
            "price": price,
            "lead_minutes": good.lead_minutes,
            "stock": dice.choice([3, 8, 20, 40, 60]),
        }
    )
    async with unit_of_work() as session:
        listing = await listings.create_listing(session, owner, described)
        await listings.upload_picture(session, owner, listing.id, pictures.draw(listing.title, listing.category), "gambar.jpg")
        await listings.publish_listing(session, owner, listing.id)


async def _requests(buyer: Actor) -> None:
    for what in REQUESTS:
        async with unit_of_work() as session:
            wanted = PostRequest(what=what, kelurahan_code="73.71.09.1001", radius_km=15, needed_at=clock.now() + timedelta(days=1))
            await matching.post_request(session, buyer, wanted)


async def _civic(mother: Actor) -> None:
    async with unit_of_work() as session:
        await services.open_slots(session)
        draft = await services.start(session, mother, "akta-kelahiran")
        await services.fill(session, mother, draft.id, {"nama_anak": "Aisyah Hasnah", "jenis_kelamin": "P", "nama_ibu": mother.name})


async def _empty(say: Say) -> None:
    """Delete everything but the schema's own rows. Needs the right to pass the append-only triggers, which the owner of the tables has."""
    async with unit_of_work() as session:
        rows = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        tables = [name for name in rows if name not in KEPT]
        for name in tables:
            await session.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
        await session.execute(text("TRUNCATE " + ", ".join(f'"{name}"' for name in tables)))
        for name in tables:
            await session.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))
    say("the database is empty")


def _about(shop: InventedShop) -> str:
    return f"Usaha rumahan di {shop.kecamatan}. Toko contoh: orang dan usahanya rekaan."
