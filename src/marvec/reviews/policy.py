"""Who may write, read, answer and hide a review, and for how long."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from common import clock
from common.actor import Actor, Role
from common.errors import Forbidden
from common.identity.policy import NOBODY
from marvec.orders.errors import NoSuchOrder
from marvec.orders.machine import OrderState
from marvec.reviews.errors import NoSuchReview, NotCompleted, ReviewingOver
from marvec.reviews.models import Review, Side

if TYPE_CHECKING:
    from marvec.orders.models import Order

BLIND = timedelta(days=14)
"""From completion: so long both may write, and so long one alone is not shown. The trigger `review_belongs_to_its_order` says the same."""


def side_of(person_id: UUID, order: "Order") -> Side:
    """Raises NoSuchOrder for strangers, operators among them."""
    if person_id == order.buyer_id:
        return Side.BUYER
    if person_id == order.seller_id:
        return Side.SELLER
    raise NoSuchOrder


def end_of_blindness(completed_at: datetime) -> datetime:
    return completed_at + BLIND


def check_may_write(actor: Actor, order: "Order") -> Side:
    """The side of one of the two of a completed order, in time. Raises NoSuchOrder, NotCompleted, ReviewingOver."""
    side = side_of(actor.person_id, order)
    if order.state is not OrderState.COMPLETED:
        raise NotCompleted
    if clock.now() >= end_of_blindness(order.moved_at):
        raise ReviewingOver
    return side


def may_read(visitor: Actor | None, review: Review) -> bool:
    """Everybody what is public; its author in any state; whom it is about, once it is shown; an operator what was ever shown."""
    if visitor is None:
        return review.is_public
    return (
        review.is_public
        or visitor.person_id == review.author_id
        or (review.shown_at is not None and (visitor.person_id == review.about_id or visitor.has(Role.OPERATOR)))
    )


def may_answer(visitor: Actor | None, review: Review) -> bool:
    """The shop that a public review is about, once."""
    return visitor is not None and review.is_public and visitor.person_id == review.about_id and review.answered_at is None


def check_is_about(actor: Actor, review: Review) -> None:
    if actor.person_id != review.about_id or not review.is_public:
        raise NoSuchReview


def check_may_moderate(actor: Actor, review: Review) -> None:
    """An operator who has no part in it. Raises Forbidden, NoSuchReview while it is blind."""
    if not actor.has(Role.OPERATOR) or actor.person_id in (review.author_id, review.about_id):
        raise Forbidden
    if review.shown_at is None:
        raise NoSuchReview


def short_name(name: str) -> str:
    """How an author is called in public: all but the last name's first letter is left out. "Andi Rezky" -> "Andi R."."""
    if name == NOBODY:
        return NOBODY
    *given, last = name.split() or [""]
    return f"{' '.join(given)} {last[:1]}." if given else last
