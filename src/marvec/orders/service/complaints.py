"""The row of a complaint follows its order: begun when the order is disputed, ended when it is no longer. `disputing` has the verbs."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from marvec.orders import policy, queries
from marvec.orders.machine import TIME_TO_ANSWER, TIME_TO_SETTLE, Complaint, DisputeState, OrderState, Party, timer_of
from marvec.orders.models import Order, OrderDispute
from marvec.orders.service.statements import say

ANSWER_TIME_OUT = "orders.answer_time_out"


async def begin(session: AsyncSession, order: Order, reason: Complaint, words: str) -> None:
    """The buyer's complaint and first words. Both ends are set here, and stand."""
    dispute = OrderDispute(order_id=order.id, reason=reason, moved_by=order.moved_by, opened_at=order.moved_at, moved_at=order.moved_at)
    if timer_of(order.machine, OrderState.DISPUTED) is None:  # it began when an operator alone could end a dispute
        dispute.state = DisputeState.REVIEW
    else:
        dispute.answer_by = order.moved_at + TIME_TO_ANSWER
        dispute.decide_by = order.moved_at + TIME_TO_SETTLE
        await _start_timer(session, order, dispute)
    session.add(dispute)
    await session.flush()
    if words.strip():
        await say(session, dispute, order.buyer_id, Party.BUYER, words)


async def prolong(session: AsyncSession, order: Order, paused: timedelta) -> None:
    """Time stood still while a bank looked at the payment: both ends of an open complaint come that much later."""
    dispute = await queries.dispute_for_update(session, order.id)
    if dispute.answer_by is not None and dispute.decide_by is not None:
        dispute.answer_by, dispute.decide_by = dispute.answer_by + paused, dispute.decide_by + paused
        await _start_timer(session, order, dispute)
        await session.flush()


async def end(session: AsyncSession, order: Order) -> None:
    """By whom the order was moved tells how it ended."""
    dispute = await queries.dispute_for_update(session, order.id)
    by_the_two = order.moved_by in (order.buyer_id, order.seller_id)
    new = DisputeState.SETTLED if by_the_two else DisputeState.LAPSED if order.moved_by is None else DisputeState.DECIDED
    dispute.move_to(new, by=order.moved_by, because=order.moved_because)
    await session.flush()


async def check_operators_turn(session: AsyncSession, order: Order) -> None:
    """Raises StillBetweenTheTwo."""
    if order.state is OrderState.DISPUTED:
        policy.check_may_decide(await queries.dispute_for_update(session, order.id))


async def _start_timer(session: AsyncSession, order: Order, dispute: OrderDispute) -> None:
    """One for each end that the answering has ever had."""
    assert dispute.answer_by is not None
    key = f"dispute:{order.id}:answer" + (f":{order.paused_seconds}" if order.paused_seconds else "")
    await outbox.enqueue(session, ANSWER_TIME_OUT, key=key, run_at=dispute.answer_by, order_id=str(order.id))
