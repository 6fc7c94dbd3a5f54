"""An order as one of its parties sees it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.i18n import gettext as _
from common.states import StateHistory
from marvec.orders import policy, queries
from marvec.orders.machine import Party
from marvec.orders.models import Order
from marvec.orders.schemas import LineOut, MoveOut, OrderOut, OrderRow, StepOut


async def show_order(session: AsyncSession, actor: Actor, order_id: UUID) -> OrderOut:
    """Raises NoSuchOrder for strangers."""
    return await _shown(session, actor, await queries.by_id(session, order_id))


async def show_by_reference(session: AsyncSession, actor: Actor, reference: str) -> OrderOut:
    """By what stands on the page and in the mail. Raises NoSuchOrder for strangers."""
    return await _shown(session, actor, await queries.by_reference(session, reference))


async def _shown(session: AsyncSession, actor: Actor, order: Order) -> OrderOut:
    parties = policy.parties_of(actor, order)
    if Party.OPERATOR in parties:
        await _put_on_record(session, actor, order)
    lines = await queries.lines_of(session, [order.id])
    history = await queries.history_of(session, order.id)
    group = await queries.group_of(session, order)
    own = {"group_id", "refunded", "handover", "address", "kelurahan_code", "note", "needed_at"}
    return OrderOut(
        **OrderRow.of(order).model_dump(),
        **order.model_dump(include=own),
        intent_id=group.intent_id,
        lines=[LineOut(**line.model_dump(include=set(LineOut.model_fields))) for line in lines],
        history=[_move(order, row) for row in history],
        steps=[StepOut(to=step.new, label=_(step.button)) for step in policy.open_steps(order, parties)],
        viewer=sorted(parties),
    )


async def _put_on_record(session: AsyncSession, operator: Actor, order: Order) -> None:
    """Buyer and seller read what is theirs; an operator reads what is both of theirs."""
    for owner_id in (order.buyer_id, order.seller_id):
        await reading.record(
            session, operator, owner_id=owner_id, subject_kind="order", subject_id=order.id, purpose=Purpose.SUPPORT,
            label=order.reference, role=Role.OPERATOR,
        )  # fmt: skip


def _move(order: Order, row: StateHistory) -> MoveOut:
    people = {order.buyer_id: Party.BUYER, order.seller_id: Party.SELLER, None: None}
    return MoveOut(to=row.to_state, at=row.moved_at, by=people.get(row.moved_by, Party.OPERATOR), note=row.moved_because)
