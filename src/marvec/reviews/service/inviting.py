"""The invitation: a day after an order was completed, its buyer is asked once for a word on it, unless it is written.

The first page asks, too; who does not come by the first page hears of it here.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.events import OrderMoved
from common.i18n import N_
from common.notifications import service as notifications
from marvec.orders import queries as orders
from marvec.orders.machine import OrderState
from marvec.reviews import policy, queries
from marvec.reviews.models import Side

INVITE = "reviews.invite"
AFTER = timedelta(days=1)
INVITATION = N_("Bagaimana pesanan %(reference)s? Ulasan Anda membantu pembeli lain.")


async def invite_later(session: AsyncSession, event: OrderMoved) -> None:
    """Of an order's moves, its completion is what reviews wait for."""
    if event.state == OrderState.COMPLETED:
        await outbox.enqueue(session, INVITE, key=f"{INVITE}:{event.order_id}", run_at=clock.now() + AFTER, order_id=str(event.order_id))


async def invite(session: AsyncSession, order_id: UUID) -> None:
    """Ask the buyer, while there still is something to ask for."""
    order = await orders.by_id(session, order_id)
    is_open = order.state == OrderState.COMPLETED and clock.now() < policy.end_of_blindness(order.moved_at)
    if is_open and Side.BUYER not in await queries.of_order(session, order_id):
        await notifications.notify(
            session, order.buyer_id, kind="review.invited", text=INVITATION, params={"reference": order.reference},
            link=f"/pesanan/{order.reference}",
        )  # fmt: skip
