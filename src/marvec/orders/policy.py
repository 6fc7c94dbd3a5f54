"""Who is who on an order, what may be ordered, and what it costs to sell here."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from common import regions
from common.actor import Actor, Role
from common.errors import Invalid
from common.i18n import gettext as _
from common.money import LARGEST
from common.states import NotFromHere
from marvec.orders.errors import (
    NoSuchOrder,
    NothingToOrder,
    NotYourMove,
    QuantityOutOfRange,
    RefundOutOfRange,
    TooExpensive,
)
from marvec.orders.machine import Handover, OrderState, Party, Step
from marvec.orders.models import Order
from marvec.orders.wishes import Delivery, Line

COMMISSION_BPS = 250  # 2.5 % of the goods; frozen on every line at the sale
MOST_PIECES = 10_000


def parties_of(actor: Actor, order: Order) -> frozenset[Party]:
    """The parts that the person plays on this order; raises NoSuchOrder when none: strangers do not learn that it exists."""
    parts = {
        Party.BUYER: order.buyer_id == actor.person_id,
        Party.SELLER: order.seller_id == actor.person_id,
        Party.OPERATOR: actor.has(Role.OPERATOR) and actor.person_id not in (order.buyer_id, order.seller_id),
    }
    found = frozenset(part for part, plays in parts.items() if plays)
    if not found:
        raise NoSuchOrder
    return found


def step_for(order: Order, parties: frozenset[Party], new: OrderState) -> Step:
    """The step to `new` that one of `parties` may take now. NotFromHere: nobody may; NotYourMove: somebody else may."""
    step = next((step for step in order.steps() if step.new == new), None)
    if step is None:
        raise NotFromHere(order.state, new)
    if not step.by & parties:
        raise NotYourMove
    return step


def open_steps(order: Order, parties: frozenset[Party]) -> list[Step]:
    """The buttons that these parties see."""
    return [] if order.frozen_at else [step for step in order.steps() if step.by & parties]


def merged(lines: Iterable[Line]) -> list[Line]:
    """One line a listing, in the order of ids: two lines on the same stock row are one wish."""
    found: dict[UUID, Line] = {}
    for line in lines:
        before = found.get(line.listing_id)
        found[line.listing_id] = line if before is None else replace(line, quantity=line.quantity + before.quantity)
        if line.quantity < 1 or found[line.listing_id].quantity > MOST_PIECES:
            raise QuantityOutOfRange(most=MOST_PIECES)
    if not found:
        raise NothingToOrder
    return [found[listing_id] for listing_id in sorted(found)]


def check_delivery(delivery: Delivery) -> None:
    """A courier must know where to."""
    if delivery.kind is not Handover.COURIER:
        return
    wrong = {} if delivery.address.strip() else {"address": _("Tulis alamat pengantaran.")}
    if not regions.is_kelurahan(delivery.kelurahan_code):
        wrong["kelurahan_code"] = _("Pilih kelurahan.")
    if wrong:
        raise Invalid(wrong)


def check_total(total: int) -> None:
    if not 0 < total <= LARGEST:
        raise TooExpensive


def check_refund(order: Order, step: Step, refund: int) -> None:
    """Only an operator who settles a dispute gives back a part; all of it is a step of its own (`cancelled`)."""
    if refund and (
        step.old is not OrderState.DISPUTED or step.new is not OrderState.COMPLETED or refund >= order.total - order.lost - order.refunded
    ):
        raise RefundOutOfRange
