"""Small builders for the market: people, shops, goods for sale, orders."""

from uuid import UUID

from common import ids
from common.db import unit_of_work
from common.identity.actor import Actor, Grant, Role
from marvec.listings import service as listings
from marvec.listings.models import Listing
from marvec.listings.schemas import CreateListing
from marvec.orders.service import Delivery, Line, place_orders
from marvec.storefronts import service as storefronts
from marvec.storefronts.models import Storefront
from marvec.storefronts.schemas import OpenStorefront

KELURAHAN = "73.71.01.1001"


def person(name: str = "Sitti") -> Actor:
    return Actor(person_id=ids.uuid7(), name=name, assurance=1)


def operator() -> Actor:
    return Actor(person_id=ids.uuid7(), name="Petugas", assurance=3, grants=frozenset({Grant(Role.OPERATOR)}))


async def shop(owner: Actor, name: str = "Warung Sitti", kelurahan_code: str = KELURAHAN) -> Storefront:
    async with unit_of_work() as session:
        return await storefronts.open_storefront(session, owner, OpenStorefront(name=name, kelurahan_code=kelurahan_code))


async def goods(
    seller: Actor | None = None, *, title: str = "Songkolo bagadang", price: int = 15_000, stock: int = 10, at: str = KELURAHAN
) -> Listing:
    """A published listing in a shop of its own."""
    owner = seller or person("Penjual")
    own = await shop(owner, f"Toko {owner.name}", at)
    async with unit_of_work() as session:
        data = CreateListing(storefront_id=own.id, title=title, category="makanan", unit="porsi", price=price, stock=stock)
        listing = await listings.create_listing(session, owner, data)
        return await listings.publish_listing(session, owner, listing.id)


def seller_of(listing: Listing) -> Actor:
    return Actor(person_id=listing.seller_id, name="Penjual", assurance=1)


def line(listing: Listing, quantity: int = 1, unit_price: int | None = None) -> Line:
    return Line(listing.id, quantity, listing.price if unit_price is None else unit_price)


async def placed(buyer: Actor, *lines: Line, key: str = "", delivery: Delivery | None = None) -> UUID:
    """Place orders, commit, and give the group's id."""
    async with unit_of_work() as session:
        group = await place_orders(session, buyer, lines=list(lines), delivery=delivery or Delivery(), client_key=key or ids.secret_token())
        return group.id
