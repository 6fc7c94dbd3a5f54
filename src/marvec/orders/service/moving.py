"""Moving an order along its table, with all that the step does: stock, money, the next timer, and telling both sides."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.actor import Actor
from common.audit import service as audit
from common.payments import queries as money
from common.payments import service as payments
from marvec.listings import service as stock
from marvec.orders import policy, queries
from marvec.orders.errors import OrderFrozen
from marvec.orders.machine import Complaint, Money, OrderState, Party, Step, Stock, timer_of
from marvec.orders.models import Order
from marvec.orders.service import complaints, settling
from marvec.orders.service.telling import tell_both, tell_buyer
from marvec.orders.service.writing import TIME_OUT
from marvec.orders.wording import HOUSE_SAYS


async def move_order(
    session: AsyncSession,
    actor: Actor,
    order_id: UUID,
    new: OrderState,
    *,
    because: str = "",
    refund: int = 0,
    complaint: Complaint = Complaint.OTHER,
) -> Order:
    """Move by a person. `refund` (rupiah) is what an operator who completes a disputed order gives back to the buyer, `complaint` what a
    buyer who disputes it says is wrong.

    Raises NotFromHere, NotYourMove, NoSuchOrder, ReasonNeeded, RefundOutOfRange, StillBetweenTheTwo, OrderFrozen.
    """
    order = await locked(session, order_id)
    parties = policy.parties_of(actor, order)
    if policy.is_agreed(order, parties, new):
        return order
    step = policy.step_for(order, parties, new)
    policy.check_free(order)
    policy.check_explained(step, parties, because)
    policy.check_refund(order, step, parties, refund)
    if step.money is not Money.KEEP and await waits_for_bank(session, order):
        raise OrderFrozen
    if order.state is OrderState.PLACED:
        await close_unpaid(session, order.group_id, new, by=actor.person_id)
        return order
    if Party.OPERATOR in parties:
        await complaints.check_operators_turn(session, order)
        await audit.record(session, actor, f"order.{new}", subject_kind="order", subject_id=order.id, refund=refund)
    await take_step(session, order, step, by=actor.person_id, because=because, refund=refund, complaint=complaint)
    return order


async def time_out(session: AsyncSession, order_id: UUID, state: OrderState) -> None:
    """Patience with `state` is at an end. Whoever moved the order meanwhile was faster: then nothing happens.

    Nor to a frozen one, whose timer starts again when it is free, nor to one that was frozen meanwhile and has longer now.
    """
    order = await locked(session, order_id)
    step, deadline = timer_of(order.machine, state), order.deadline()
    if order.state is not state or step is None or deadline is None or (order.paused_seconds and clock.now() < deadline):
        return None
    if step.money is not Money.KEEP and await waits_for_bank(session, order):
        return await _look_later(session, order)
    if state is OrderState.PLACED:
        await close_unpaid(session, order.group_id, step.new, by=None)
    else:
        await take_step(session, order, step, by=None, because=HOUSE_SAYS.get((step.old, step.new), ""))
    return None


async def close_unpaid(session: AsyncSession, group_id: UUID, new: OrderState, *, by: UUID | None) -> None:
    """End a whole group that nobody paid: one intent, one fate. Money that comes all the same goes back (see `paying`)."""
    group, orders = await queries.group_for_update(session, group_id)
    open_orders = [order for order in orders if order.state is OrderState.PLACED]
    if not open_orders:
        return
    for order in open_orders:
        order.move_to(new, by=by)
    await session.flush()
    await settle_stock(session, open_orders, Stock.FREE)
    await payments.cancel_intent(session, group.intent_id)
    for order in open_orders:
        await tell_buyer(session, order)


async def take_step(
    session: AsyncSession,
    order: Order,
    step: Step,
    *,
    by: UUID | None,
    because: str = "",
    refund: int = 0,
    complaint: Complaint = Complaint.OTHER,
) -> None:
    """The move and everything that the table says it does. The row is locked; the caller knows that the step is allowed."""
    policy.check_free(order)
    order.move_to(step.new, by=by, because=because[: policy.LONGEST_REASON])
    order.paused_seconds = 0
    await session.flush()
    if step.new is OrderState.DISPUTED:
        await complaints.begin(session, order, complaint, because)
    if step.old is OrderState.DISPUTED:
        await complaints.end(session, order)
    await settle_stock(session, [order], step.stock)
    back = await settling.settle(session, order, step, refund)
    await start_timer(session, order)
    await tell_both(session, order, step, back)


async def settle_stock(session: AsyncSession, orders: list[Order], deed: Stock) -> None:
    """All rows of all `orders` in one go: listings locks them in the order of their ids."""
    if deed is Stock.KEEP:
        return
    lines = await queries.lines_of(session, [order.id for order in orders])
    pieces = {line.listing_id: line.quantity for line in lines}
    await (stock.unreserve if deed is Stock.FREE else stock.take)(session, pieces)


async def start_timer(session: AsyncSession, order: Order) -> None:
    """An order enters a state at most once, so the state is its sequence, and the key makes one timer of it; one more after each pause."""
    deadline = order.deadline()
    if deadline is not None:
        key = f"order:{order.id}:{order.state}" + (f":{order.paused_seconds}" if order.paused_seconds else "")
        await outbox.enqueue(session, TIME_OUT, key=key, run_at=deadline, order_id=str(order.id), state=order.state)


async def waits_for_bank(session: AsyncSession, order: Order) -> bool:
    """Whether the bank disputes the payment, which the order may not know yet."""
    return await money.is_in_dispute(session, (await queries.group_of(session, order)).intent_id)


async def _look_later(session: AsyncSession, order: Order) -> None:
    """A second try of the timer, should the dispute be over before the order was ever frozen."""
    await outbox.enqueue(session, TIME_OUT, run_at=clock.now() + timedelta(hours=1), order_id=str(order.id), state=order.state)


async def locked(session: AsyncSession, order_id: UUID) -> Order:
    """An unpaid order shares the fate of its group, so all of the group is locked; later it stands alone."""
    order = await queries.by_id(session, order_id)
    if order.state is OrderState.PLACED:
        await queries.group_for_update(session, order.group_id)
        return order
    return await queries.order_for_update(session, order_id)
