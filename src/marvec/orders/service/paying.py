"""What the payment of a group does to its orders: all are paid, or the money goes back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.payments import queries as money
from common.payments import service as payments
from common.payments.models import IntentState
from marvec.orders import queries
from marvec.orders.machine import OrderState, Party, Step, steps_from
from marvec.orders.models import Order, OrderGroup
from marvec.orders.service.freezing import follow_bank
from marvec.orders.service.moving import close_unpaid, start_timer, take_step
from marvec.orders.service.telling import show_move, tell_agreed
from marvec.orders.wording import AGREED


async def receive_payment(session: AsyncSession, *, intent_id: UUID, group_id: UUID, amount: int) -> None:
    """Hold the money for the sellers; when the group is no longer waiting for it, give it back in full. Either happens once.

    What a bank disputes meanwhile is not given back twice: it waits for the bank's word (`receive_late`).
    """
    group, orders = await queries.group_for_update(session, group_id)
    if group.money_at is not None:
        return
    group.money_at = clock.now()
    if amount == group.total and all(order.state is OrderState.PLACED for order in orders):
        await _hold(session, group, orders)
        if await money.has_disputes(session, intent_id):
            await follow_bank(session, group_id)
    elif await money.is_in_dispute(session, intent_id):
        group.money_at = None
    elif (back := amount - await money.lost_to_banks(session, intent_id)) > 0:
        await payments.refund(session, intent_id=intent_id, amount=back, reason="payment after the order had ended")


async def receive_late(session: AsyncSession, *, group_id: UUID) -> None:
    """The bank has decided on a payment that came too late for its orders: what is left of it goes back."""
    group, _orders = await queries.group_for_update(session, group_id)
    intent = await money.by_id(session, group.intent_id)
    if group.money_at is None and intent.state is IntentState.SUCCEEDED:
        await receive_payment(session, intent_id=intent.id, group_id=group_id, amount=intent.amount)


async def close_payment(session: AsyncSession, *, group_id: UUID) -> None:
    """The intent ended without money: so do the orders that still wait for it."""
    await close_unpaid(session, group_id, OrderState.EXPIRED, by=None)


async def _hold(session: AsyncSession, group: OrderGroup, orders: list[Order]) -> None:
    parts = [payments.Part(order.id, order.storefront_id, order.total, order.commission) for order in orders]
    await payments.hold_for_sellers(session, group.intent_id, parts)
    for order in orders:
        if order.offer_id is None or Party.PAYMENT not in _step(order, OrderState.PAID, OrderState.ACCEPTED).by:
            await take_step(session, order, _step(order, OrderState.PLACED, OrderState.PAID), by=None)
        else:
            await _accept_agreed(session, order)


async def _accept_agreed(session: AsyncSession, order: Order) -> None:
    """Both have agreed in an offer: the seller is not asked a second time."""
    order.move_to(OrderState.PAID, by=None)
    await session.flush()
    await show_move(session, order)
    order.move_to(OrderState.ACCEPTED, by=None, because=AGREED)
    await session.flush()
    await start_timer(session, order)
    await tell_agreed(session, order)


def _step(order: Order, old: OrderState, new: OrderState) -> Step:
    return next(step for step in steps_from(order.machine, old) if step.new is new)
