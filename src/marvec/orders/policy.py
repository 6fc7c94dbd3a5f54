"""Who is who on an order, what may be ordered, and what it costs to sell here."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from common import clock, regions
from common.actor import Actor, Role
from common.errors import Invalid
from common.i18n import gettext as _
from common.i18n import rupiah, waktu
from common.money import LARGEST
from common.states import NotFromHere
from marvec.orders.errors import (
    CancelInstead,
    MoreThanLeft,
    NoSuchOrder,
    NothingToOrder,
    NotYourMove,
    OrderFrozen,
    PartOutOfRange,
    QuantityOutOfRange,
    ReasonNeeded,
    RefundOutOfRange,
    SaidEnough,
    StillBetweenTheTwo,
    TooExpensive,
    TooLateToRefund,
    TooManyPictures,
)
from marvec.orders.machine import DisputeState, Handover, Money, OrderState, Party, Step
from marvec.orders.models import Order, OrderDispute
from marvec.orders.wishes import Delivery, Line

COMMISSION_BPS = 250  # 2.5 % of the goods; frozen on every line at the sale
MOST_PIECES = 10_000
REFUND_AFTER = timedelta(days=7)
"""A seller may give money back for so long after the order has completed."""
HOLDING = (OrderState.PAID, OrderState.ACCEPTED, OrderState.READY, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.DISPUTED)
"""While we hold the money of an order."""
LONGEST_REASON = 500
MOST_STATEMENTS, MOST_PICTURES = 10, 5
"""Of one side in a dispute; of one statement."""


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


def check_free(order: Order) -> None:
    """Nothing moves, and no money goes anywhere, while the buyer's bank has still to decide. Raises OrderFrozen."""
    if order.frozen_at is not None:
        raise OrderFrozen


def is_agreed(order: Order, parties: frozenset[Party], new: OrderState) -> bool:
    """A seller who accepts what an offer has settled says it twice: nothing is left to do."""
    return order.offer_id is not None and Party.SELLER in parties and order.state is new is OrderState.ACCEPTED


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


def check_explained(step: Step, parties: frozenset[Party], because: str) -> None:
    """What hurts the other side is told with a reason. Raises ReasonNeeded."""
    if step.explains & parties & step.by and not because.strip():
        raise ReasonNeeded


def check_refund(order: Order, step: Step, parties: frozenset[Party], refund: int) -> None:
    """Only an operator who settles a dispute gives back a part with a step; all of it is a step of its own (`cancelled`)."""
    settles = step.old is OrderState.DISPUTED and step.new is OrderState.COMPLETED and Party.OPERATOR in parties
    if refund and not (settles and refund < order.left):
        raise RefundOutOfRange


def check_left(order: Order, amount: int) -> None:
    """Whatever goes back to a buyer is still there. Raises MoreThanLeft."""
    if not 0 < amount <= order.left:
        raise MoreThanLeft(left=rupiah(order.left))


def check_seller_may_refund(order: Order, amount: int) -> None:
    """A part at any time while the order lives and for some days after; all of it where no step gives all back and frees the goods.

    Raises TooLateToRefund, MoreThanLeft, CancelInstead.
    """
    check_free(order)
    if not may_refund(order):
        raise TooLateToRefund
    check_left(order, amount)
    if amount == order.left and any(step.money is Money.REFUND and Party.SELLER in step.by for step in order.steps()):
        raise CancelInstead


def may_refund(order: Order) -> bool:
    """Whether the seller may give money back now."""
    if order.frozen_at is not None:
        return False
    if order.state is OrderState.COMPLETED:
        return order.left > 0 and clock.now() < order.moved_at + REFUND_AFTER
    return order.state in HOLDING


def check_may_decide(dispute: OrderDispute) -> None:
    """The two come first, then the operator. Raises StillBetweenTheTwo."""
    if dispute.state is not DisputeState.REVIEW:
        assert dispute.answer_by is not None, "only a dispute with ends waits for the two"
        raise StillBetweenTheTwo(until=waktu(dispute.answer_by))


def side_of(parties: frozenset[Party]) -> Party:
    """For whom somebody speaks in a dispute; an operator speaks by the decision alone. Raises NotYourMove."""
    for side in (Party.BUYER, Party.SELLER):
        if side in parties:
            return side
    raise NotYourMove


def check_offer(order: Order, offer: int) -> None:
    """A part of what is left; all of it is the seller's own step. Raises PartOutOfRange."""
    if not 0 < offer < order.left:
        raise PartOutOfRange("offer", rupiah(order.left))


def check_room(statements: int, pictures: int) -> None:
    """Raises SaidEnough, TooManyPictures."""
    if statements >= MOST_STATEMENTS:
        raise SaidEnough(most=MOST_STATEMENTS)
    if pictures > MOST_PICTURES:
        raise TooManyPictures(most=MOST_PICTURES)


def seen_of(order: Order, dispute: OrderDispute, statements: int) -> str:
    """What somebody who reads a dispute knows of it, in a word: a decision is bound to the word that it was shown with."""
    return f"{dispute.state}.{statements}.{dispute.offered or 0}.{order.refunded}"
