"""Three months of orders: who bought what where, when, and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, regions
from common.actor import Actor
from common.payments import queries as payments
from marvec.listings import queries as listings
from marvec.listings import service as stock
from marvec.orders import queries
from marvec.orders import service as orders
from marvec.orders.machine import Complaint, Handover, OrderState, Party
from marvec.orders.schemas import Say
from marvec.seed import opinions, people, till
from marvec.seed.moments import DAYS, History, dice_of
from marvec.seed.ways import OPEN, OVER, Move, Way
from marvec.storefronts import queries as storefronts

if TYPE_CHECKING:
    from marvec.listings.models import Listing

ORDERS = 180
FIRST_SHOPS_SHARE = 0.22
"""Of all orders: the demonstration seller's, so that there is something to look at."""
ANSWER = "Waktu diserahkan ke kurir, bungkusannya masih utuh. Ini kami kemas rangkap dua."
REPLY = "Sampai di rumah sudah pecah, isinya tumpah. Saya minta uangnya kembali."
NOTES = (
    "", "", "Tolong dibungkus rapat.", "Titip di pos jaga kalau saya belum pulang.",
    "Sambalnya dipisah di’.", "Telepon dulu sebelum antar.",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One order. `number` is its place in time; `buyer` the key of an account."""

    number: int
    placed_at: datetime
    way: Way
    shop: int
    buyer: str


def plans(history: History) -> list[Plan]:
    """All orders of the city, oldest first: those that are over, then the open ones, of the demonstration pair and of others."""
    dice = dice_of("trade")
    made = []
    for number in range(ORDERS - 3 * len(OPEN)):
        hours = 100 + (DAYS * 24 - 130) * dice.random() ** 1.6  # ever more of them; none so young that its way would lead into the future
        way = OVER[number] if number < len(OVER) else dice.choices(OVER, [one.share for one in OVER])[0]
        shop, buyer = _shop(history, dice.random(), hours), dice.choice(people.buyer_keys())
        made.append(Plan(0, _by_day(history.ago(hours), dice.randint(8, 19)), way, shop, buyer))
    for way in OPEN:
        others = (dice.randint(1, 13), dice.choice(people.buyer_keys()[1:]))
        for place, (shop, buyer) in enumerate(((0, "pembeli"), (0, dice.choice(people.buyer_keys()[1:])), others)):
            made.append(Plan(0, history.ago(way.ago) - timedelta(minutes=way.ago * 3 * place), way, shop, buyer))
    made.sort(key=lambda plan: plan.placed_at)
    return [replace(plan, number=number) for number, plan in enumerate(made)]


async def live_through(session: AsyncSession, history: History, plan: Plan) -> None:
    """Place one order and take it along its way, each step at its moment."""
    dice = dice_of("order", plan.number)
    buyer, seller, operator = [await people.actor(session, key) for key in (plan.buyer, people.owner_key(plan.shop), "operator")]
    chosen = await _chosen(session, seller, plan)
    pieces = {one.id: dice.randint(1, 4) for one in dice.sample(chosen, min(len(chosen), dice.choice((1, 1, 1, 2, 3))))}
    with clock.frozen(plan.placed_at):
        await _refill(session, seller, pieces)
        lines = [orders.Line(one.id, pieces[one.id], one.price) for one in chosen if one.id in pieces]
        delivery = _delivery(plan.way, dice.choice(regions.all_kelurahan()), dice.randint(1, 90), dice.choice(NOTES))
        group = await orders.place_orders(session, buyer, lines=lines, delivery=delivery, client_key=f"demo:{plan.number}")
    order_id = (await queries.placed_of(session, group.id))[0].id
    who = {Party.BUYER: buyer, Party.SELLER: seller, Party.OPERATOR: operator}
    await go(session, history, plan.way, order_id, plan.placed_at, who)
    await opinions.follow(session, history, plan.number, order_id, (buyer, seller), invited=plan.buyer == "pembeli")


async def go(session: AsyncSession, history: History, way: Way, order_id: UUID, placed_at: datetime, who: dict[Party, Actor]) -> None:
    """Take an order that was placed at `placed_at` along its way; when that ends, so does its money's."""
    intent_id = (await queries.group_of(session, await queries.by_id(session, order_id))).intent_id
    for move in way.moves:
        with clock.frozen(placed_at + timedelta(hours=move.hours)):
            if move.by is Party.PAYMENT:
                await _receive(session, history, way, intent_id)
            elif move.by is Party.TIMER:
                await orders.time_out(session, order_id, (await queries.by_id(session, order_id)).state)
            else:
                await _move(session, who[move.by], order_id, move)
        if move.to is OrderState.DISPUTED:
            await _argue(session, who, order_id, placed_at + timedelta(hours=move.hours))
    if way not in OPEN:
        with clock.frozen(placed_at + timedelta(hours=way.moves[-1].hours, minutes=2)):
            await till.settle(session, intent_id, order_id)


async def _argue(session: AsyncSession, who: dict[Party, Actor], order_id: UUID, at: datetime) -> None:
    """The seller answers, the two do not agree, and an operator is asked to decide."""
    with clock.frozen(at + timedelta(hours=2)):
        await orders.say(session, who[Party.SELLER], order_id, Say(words=ANSWER))
    with clock.frozen(at + timedelta(hours=4)):
        await orders.say(session, who[Party.BUYER], order_id, Say(words=REPLY))
        await orders.ask_operator(session, who[Party.BUYER], order_id)


async def _receive(session: AsyncSession, history: History, way: Way, intent_id: UUID) -> None:
    await till.pay(session, intent_id, sandbox_at=history.began if way in OPEN else None)
    intent = await payments.by_id(session, intent_id)
    await orders.receive_payment(session, intent_id=intent_id, group_id=intent.purpose_id, amount=intent.amount)


async def _move(session: AsyncSession, actor: Actor, order_id: UUID, move: Move) -> None:
    """What was agreed on in an offer is accepted with its payment already."""
    order = await queries.by_id(session, order_id)
    if order.state is move.to:
        return
    refund = order.total * move.refund // 10_000
    await orders.move_order(session, actor, order_id, OrderState(move.to), because=move.because, refund=refund, complaint=Complaint.DAMAGED)


async def _chosen(session: AsyncSession, seller: Actor, plan: Plan) -> "list[Listing]":
    """What the shop had on sale at that moment."""
    storefront_id = (await storefronts.owned_by(session, seller.person_id))[0].id
    found = await listings.of_storefront(session, storefront_id, only_visible=True)
    return sorted((one for one in found if one.published_at and one.published_at <= plan.placed_at), key=lambda one: one.title)


async def _refill(session: AsyncSession, seller: Actor, pieces: dict[UUID, int]) -> None:
    """The seller makes as many more as will be bought: shelves are as full after three months as before."""
    found = await listings.stock_of(session, pieces)
    for listing_id, quantity in sorted(pieces.items()):
        await stock.restock(session, seller, listing_id, free=found[listing_id].free + quantity)


def _delivery(way: Way, place: regions.Kelurahan, house: int, note: str) -> orders.Delivery:
    if way.handover is Handover.PICKUP:
        return orders.Delivery(Handover.PICKUP, note=note)
    return orders.Delivery(Handover.COURIER, f"Jl. Contoh {house}, {place.name}", place.code, note)


def _shop(history: History, chance: float, hours: float) -> int:
    """The first shop, or one of those that were open for two days at the time."""
    if chance < FIRST_SHOPS_SHARE:
        return 0
    open_then = [number for number in range(people.SHOPS) if history.opening_of(number, people.SHOPS) < history.ago(hours + 48)] or [0]
    return open_then[round((chance - FIRST_SHOPS_SHARE) / (1 - FIRST_SHOPS_SHARE) * (len(open_then) - 1))]


def _by_day(moment: datetime, hour: int) -> datetime:
    """The same day, when people are awake."""
    return moment.astimezone(clock.WITA).replace(hour=hour)
