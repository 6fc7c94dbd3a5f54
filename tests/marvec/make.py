"""Small builders for the market: people, shops, goods for sale, orders in any state."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from common import ids
from common.actor import Actor, Grant, Role
from common.db import unit_of_work
from common.payments import queries as payments
from common.payments.models import IntentState
from common.payments.service import opening
from marvec.listings import service as listings
from marvec.listings.models import Listing
from marvec.listings.schemas import CreateListing
from marvec.orders import queries
from marvec.orders.machine import ORDERS_2, OrderState, Party
from marvec.orders.models import Order
from marvec.orders.schemas import Say
from marvec.orders.service import Delivery, Handover, Line, ask_operator, move_order, place_orders, say
from marvec.storefronts import service as storefronts
from marvec.storefronts.models import Storefront
from marvec.storefronts.schemas import OpenStorefront
from tests.common.identity import make as identity

KELURAHAN = "73.71.01.1001"


def person(name: str = "Sitti") -> Actor:
    return Actor(person_id=ids.uuid7(), name=name, assurance=1)


async def member(name: str = "Sitti") -> Actor:
    """Somebody with an account, who can be notified."""
    async with unit_of_work() as session:
        return identity.actor_of(await identity.person(session, name))


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


async def goods_again(seller: Actor, like: Listing) -> Listing:
    """Another published listing in the shop of `like`."""
    async with unit_of_work() as session:
        data = CreateListing(
            storefront_id=like.storefront_id, title=like.title, category="makanan", unit="porsi", price=like.price, stock=10
        )
        listing = await listings.create_listing(session, seller, data)
        return await listings.publish_listing(session, seller, listing.id)


def seller_of(listing: Listing) -> Actor:
    return Actor(person_id=listing.seller_id, name="Penjual", assurance=1)


def line(listing: Listing, quantity: int = 1, unit_price: int | None = None) -> Line:
    return Line(listing.id, quantity, listing.price if unit_price is None else unit_price)


async def placed(buyer: Actor, *lines: Line, key: str = "", delivery: Delivery | None = None) -> UUID:
    """Place orders, commit, and give the group's id."""
    async with unit_of_work() as session:
        group = await place_orders(session, buyer, lines=list(lines), delivery=delivery or Delivery(), client_key=key or ids.secret_token())
        return group.id


COURIER = Delivery(Handover.COURIER, "Lorong 3 nomor 5", KELURAHAN)
RunJobs = Callable[..., Awaitable[int]]


@dataclass(frozen=True)
class Deal:
    """An order with the people around it."""

    order_id: UUID
    group_id: UUID
    intent_id: UUID
    listing_id: UUID
    buyer: Actor
    seller: Actor
    operator: Actor

    def actor(self, party: Party) -> Actor:
        return {Party.BUYER: self.buyer, Party.SELLER: self.seller, Party.OPERATOR: self.operator}[party]


async def deal(*, delivery: Delivery = COURIER, quantity: int = 2, price: int = 15_000, stock: int = 10) -> Deal:
    """A placed order of somebody with an account, from somebody with an account."""
    buyer, seller = await member("Pembeli"), await member("Penjual")
    item = await goods(seller, price=price, stock=stock)
    group_id = await placed(buyer, line(item, quantity), delivery=delivery)
    async with unit_of_work() as session:
        group, (order,) = await queries.group_for_update(session, group_id)
    return Deal(order.id, group_id, group.intent_id, item.id, buyer, seller, operator())


async def pay(intent_id: UUID) -> None:
    """The provider says that the money is here; orders hear of it by their job."""
    async with unit_of_work() as session:
        intent = await payments.for_update(session, intent_id)
        if intent.state == IntentState.CREATED:
            intent.move_to(IntentState.STARTED, by=None)
        intent.charge_ref = f"ch_{intent.id.hex}"
        await session.flush()
        await opening.record_succeeded(session, intent)


async def order(order_id: UUID) -> Order:
    async with unit_of_work() as session:
        return await queries.by_id(session, order_id)


async def move(actor: Actor, order_id: UUID, new: OrderState, **more: object) -> None:
    async with unit_of_work() as session:
        await move_order(session, actor, order_id, new, **more)  # type: ignore[arg-type]  # because, refund


async def deal_in(state: OrderState, run_jobs: RunJobs, delivery: Delivery = COURIER) -> Deal:
    """A deal that went to `state` by the shortest way in the table."""
    made = await deal(delivery=delivery)
    for new, by in _way_to(state, delivery.kind):
        if new is OrderState.PAID:
            await pay(made.intent_id)
            await run_jobs()
        elif new is OrderState.EXPIRED:
            await run_jobs(ahead=timedelta(minutes=16))
        else:
            await move(made.actor(by), made.order_id, new, because="Dua bungkus rusak.")
    return made


async def deal_to_decide(run_jobs: RunJobs) -> Deal:
    """A disputed deal whose seller has answered, and which the buyer has handed to an operator."""
    made = await deal_in(OrderState.DISPUTED, run_jobs)
    async with unit_of_work() as session:
        await say(session, made.seller, made.order_id, Say(words="Waktu dikirim masih bagus."))
    async with unit_of_work() as session:
        await ask_operator(session, made.buyer, made.order_id)
    return made


def _way_to(state: OrderState, handover: Handover) -> list[tuple[OrderState, Party]]:
    ways: dict[OrderState, list[tuple[OrderState, Party]]] = {OrderState.PLACED: []}
    line_of = [OrderState.PLACED]
    for old in line_of:
        for step in ORDERS_2:
            if step.old is old and step.new not in ways and step.only in (None, handover):
                ways[step.new] = [*ways[old], (step.new, min(step.by, key=list(Party).index))]
                line_of.append(step.new)
    return ways[state]
