"""Writing, and the moment at which both are shown. The row of the order is the lock: whoever comes second sees the first."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.actor import Actor
from common.i18n import N_
from common.notifications import service as notifications
from marvec.orders import queries as orders
from marvec.orders.machine import OrderState
from marvec.reviews import policy, queries
from marvec.reviews.errors import AlreadyReviewed
from marvec.reviews.models import Review, Side
from marvec.reviews.schemas import OfOrder, WriteReview

SHOW = "reviews.show"
SHOWN = {
    Side.BUYER: N_("Ulasan pembeli untuk pesanan %(reference)s sudah tampil: %(stars)s dari 5."),
    Side.SELLER: N_("Ulasan penjual untuk pesanan %(reference)s sudah tampil: %(stars)s dari 5."),
}
"""To the one whom it is about, by the side that wrote it."""


async def write_review(session: AsyncSession, actor: Actor, order_id: UUID, data: WriteReview) -> Review:
    """One of the two says a word on a completed order, once. If the other has, both are shown in this commit; else at latest by time.

    Raises NoSuchOrder (strangers), NotCompleted, ReviewingOver, AlreadyReviewed.
    """
    order = await orders.order_for_update(session, order_id)
    side = policy.check_may_write(actor, order)
    found = await queries.of_order(session, order_id)
    if side in found:
        raise AlreadyReviewed
    review = Review(
        order_id=order.id, storefront_id=order.storefront_id, side=side, author_id=actor.person_id,
        about_id=order.seller_id if side is Side.BUYER else order.buyer_id, stars=data.stars, words=data.words,
    )  # fmt: skip
    session.add(review)
    await session.flush()
    if found:
        await _show(session, order.reference, [*found.values(), review])
    else:
        await outbox.enqueue(
            session, SHOW, key=f"{SHOW}:{order.id}", run_at=policy.end_of_blindness(order.moved_at), order_id=str(order.id)
        )
    return review


async def show_by_time(session: AsyncSession, order_id: UUID) -> int:
    """The time to write is over: what one of the two wrote is shown. Returns how many were; early or a second time, none."""
    order = await orders.order_for_update(session, order_id)
    if order.state is not OrderState.COMPLETED or clock.now() < policy.end_of_blindness(order.moved_at):
        return 0
    blind = [review for review in (await queries.of_order(session, order_id)).values() if review.shown_at is None]
    await _show(session, order.reference, blind)
    return len(blind)


async def of_order(session: AsyncSession, actor: Actor, order_id: UUID) -> OfOrder | None:
    """What one of the two sees of a completed order's reviews; None before completion. Raises NoSuchOrder for strangers."""
    order = await orders.by_id(session, order_id)
    side, until = policy.side_of(actor.person_id, order), policy.end_of_blindness(order.moved_at)
    if order.state is not OrderState.COMPLETED:
        return None
    found = await queries.of_order(session, order_id)
    mine = found.pop(side, None)
    theirs = next((review for review in found.values() if policy.may_read(actor, review)), None)
    return OfOrder(mine, theirs, side, mine is None and clock.now() < until, until)


async def _show(session: AsyncSession, reference: str, reviews: Collection[Review]) -> None:
    """Both at one moment. The database counts the buyer's into the shop's rating in this same transaction."""
    now = clock.now()
    for review in reviews:
        review.shown_at = now
    await session.flush()
    for review in reviews:
        link = f"/ulasan/{review.id}" if review.side is Side.BUYER else f"/pesanan/{reference}"
        params = {"reference": reference, "stars": str(review.stars)}
        await notifications.notify(session, review.about_id, kind="review.shown", text=SHOWN[review.side], params=params, link=link)
