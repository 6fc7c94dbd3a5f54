"""From what a buyer wants to the rows that will be written: prices held against what the buyer saw, commission frozen."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, ids
from common.money import share
from marvec.listings import queries as listings
from marvec.orders import policy
from marvec.orders.errors import NotForSale, OwnGoods, PriceChanged
from marvec.orders.machine import TIME_TO_PAY
from marvec.orders.models import OrderGroup
from marvec.orders.wishes import Delivery, Line

if TYPE_CHECKING:
    from marvec.listings.schemas import ForSale

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody orders: at most one line a listing, in the order of ids. With an `offer_id` the lines carry the agreed price.

    `pay_by`: unpaid until then it ends; None for the time that a cart has.
    """

    buyer_id: UUID
    client_key: str
    lines: list[Line]
    delivery: Delivery
    needed_at: datetime | None = None
    offer_id: UUID | None = None
    pay_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows to write, the group's as its model, the others as columns; unpaid they end at `pay_by`."""

    group: OrderGroup
    orders: list[Row]
    lines: list[Row]
    pay_by: datetime


@dataclass(frozen=True, slots=True)
class Twin:
    """The group that an earlier press of the same button has made."""

    group: OrderGroup


async def goods_for(session: AsyncSession, wish: Wish) -> Mapping[UUID, "ForSale"]:
    """What is for sale now, read in this transaction and held against what the buyer saw."""
    goods = {item.listing_id: item for item in await listings.for_sale(session, [line.listing_id for line in wish.lines])}
    for line in wish.lines:
        item = goods.get(line.listing_id)
        if item is None:
            raise NotForSale(listing_id=line.listing_id)
        if item.seller_id == wish.buyer_id:
            raise OwnGoods
        if wish.offer_id is None and item.price != line.unit_price:
            raise PriceChanged(listing_id=line.listing_id, title=item.title, price=item.price)
    return goods


def draft_of(wish: Wish, goods: Mapping[UUID, "ForSale"]) -> Draft:
    """One order per storefront. Raises TooExpensive."""
    now, group_id = clock.now(), ids.uuid7()
    orders: list[Row] = []
    lines: list[Row] = []
    for own in _by_storefront(wish.lines, goods):
        order_id = ids.uuid7()
        rows = [_line_row(order_id, line, goods[line.listing_id]) for line in own]
        orders.append(_order_row(order_id, group_id, wish, goods[own[0].listing_id], rows))
        lines += rows
    total = sum(order["total"] for order in orders)
    policy.check_total(total)
    group = OrderGroup(id=group_id, buyer_id=wish.buyer_id, client_key=wish.client_key, total=total, intent_id=ids.uuid7(), created_at=now)
    return Draft(group, orders, lines, wish.pay_by or now + TIME_TO_PAY)


def _by_storefront(lines: list[Line], goods: Mapping[UUID, "ForSale"]) -> list[list[Line]]:
    found: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        found[goods[line.listing_id].storefront_id].append(line)
    return list(found.values())


def _order_row(order_id: UUID, group_id: UUID, wish: Wish, item: "ForSale", lines: list[Row]) -> Row:
    return {
        "id": order_id,
        "reference": ids.reference("PSN"),
        "group_id": group_id,
        "buyer_id": wish.buyer_id,
        "seller_id": item.seller_id,
        "storefront_id": item.storefront_id,
        "offer_id": wish.offer_id,
        "total": sum(line["commission_base"] for line in lines),
        "commission": sum(line["commission"] for line in lines),
        "handover": wish.delivery.kind,
        "address": wish.delivery.address.strip(),
        "kelurahan_code": wish.delivery.kelurahan_code,
        "note": wish.delivery.note.strip(),
        "needed_at": wish.needed_at,
    }


def _line_row(order_id: UUID, line: Line, item: "ForSale") -> Row:
    amount = line.quantity * line.unit_price
    return {
        "id": ids.uuid7(),
        "order_id": order_id,
        "listing_id": line.listing_id,
        "title": item.title,
        "unit": item.unit,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "commission_bps": policy.COMMISSION_BPS,
        "commission_base": amount,
        "commission": share(amount, policy.COMMISSION_BPS),
    }
