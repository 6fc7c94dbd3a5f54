"""The money of an order: what goes back to the buyer, what goes on to the seller. Whatever moves it passes here."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor
from common.i18n import N_, rupiah
from common.payments import service as payments
from marvec.orders import policy, queries
from marvec.orders.errors import NotYourMove
from marvec.orders.machine import Money, Party, Step
from marvec.orders.models import Order, OrderRefund
from marvec.orders.service.telling import tell_of
from marvec.orders.wording import AS_THE_STEP_SAYS

GIVEN_BACK = N_("Penjual mengembalikan %(amount)s dari pesanan %(reference)s. Uangnya kembali lewat cara bayar Anda.")


async def settle(session: AsyncSession, order: Order, step: Step, refund: int) -> int:
    """What a step does to the money: `refund` rupiah (all that is left, where the step says so) go back, the rest goes on where the
    step says so. Returns what went back."""
    back = order.left if step.money is Money.REFUND else refund
    if back:
        await give_back(session, order, back, by=order.moved_by, reason=order.moved_because)
    if step.money is Money.RELEASE:
        await payments.release(session, order_id=order.id)
    return back


async def refund_part(session: AsyncSession, actor: Actor, order_id: UUID, *, amount: int, reason: str, client_key: str) -> OrderRefund:
    """The seller gives `amount` (rupiah) back. The same key gives the same refund, however often and at once it is asked for.

    Raises NoSuchOrder, NotYourMove, TooLateToRefund, MoreThanLeft, CancelInstead.
    """
    order = await queries.order_for_update(session, order_id)
    if Party.SELLER not in policy.parties_of(actor, order):
        raise NotYourMove
    made = await queries.refund_by_key(session, order_id, client_key)
    if made is not None:
        return made
    policy.check_seller_may_refund(order, amount)
    made = await give_back(session, order, amount, by=actor.person_id, reason=reason, client_key=client_key)
    await tell_of(session, order, order.buyer_id, GIVEN_BACK, amount=rupiah(amount))
    return made


async def give_back(
    session: AsyncSession, order: Order, amount: int, *, by: UUID | None, reason: str, client_key: str | None = None
) -> OrderRefund:
    """Count it on the order, keep it as a row, and ask payments for it: all or nothing. The order is locked. Raises MoreThanLeft."""
    policy.check_free(order)
    policy.check_left(order, amount)
    order.refunded += amount
    row = OrderRefund(order_id=order.id, amount=amount, reason=reason or AS_THE_STEP_SAYS, made_by=by, client_key=client_key)
    session.add(row)
    await session.flush()
    await payments.refund(session, order_id=order.id, amount=amount, reason=reason or f"order {order.state}")
    return row
