"""An order as one of its parties sees it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.actor import Actor, Role
from common.audit import reading
from common.audit.reading import Purpose
from common.i18n import gettext as _
from common.states import StateHistory
from marvec.orders import policy, queries
from marvec.orders.machine import Party, Step
from marvec.orders.models import Order, OrderRefund
from marvec.orders.schemas import DisputeOut, LineOut, MoveOut, OrderOut, OrderRow, RefundOut, StatementOut, StepOut
from marvec.orders.wording import reason_in_words


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
    own = {"group_id", "refunded", "lost", "frozen_at", "handover", "address", "kelurahan_code", "note", "needed_at"}
    return OrderOut(
        **OrderRow.of(order).model_dump(),
        **order.model_dump(include=own),
        intent_id=group.intent_id,
        lines=[LineOut(**line.model_dump(include=set(LineOut.model_fields))) for line in lines],
        history=[_move(order, row) for row in history],
        steps=[
            StepOut(to=step.new, label=_(step.button), explained=_explains(step, parties)) for step in policy.open_steps(order, parties)
        ],
        viewer=sorted(parties),
        refunds=[_refund(order, row) for row in await queries.refunds_of(session, order.id)],
        refundable=order.left if Party.SELLER in parties and policy.may_refund(order) else 0,
        dispute=await show_dispute(session, order),
    )


async def _put_on_record(session: AsyncSession, operator: Actor, order: Order) -> None:
    """Buyer and seller read what is theirs; an operator reads what is both of theirs."""
    for owner_id in (order.buyer_id, order.seller_id):
        await reading.record(
            session, operator, owner_id=owner_id, subject_kind="order", subject_id=order.id, purpose=Purpose.SUPPORT,
            label=order.reference, role=Role.OPERATOR,
        )  # fmt: skip


async def show_dispute(session: AsyncSession, order: Order) -> DisputeOut | None:
    """The order's complaint with all that was said in it, for one of its parties; None when there was none."""
    dispute = await queries.dispute_of(session, order.id)
    if dispute is None:
        return None
    said = await queries.statements_of(session, dispute.id)
    pictures = await queries.dispute_pictures_of(session, [one.id for one in said])
    return DisputeOut(
        **dispute.model_dump(include={"state", "reason", "opened_at", "answer_by", "decide_by", "offered"}),
        statements=[StatementOut(side=one.side, words=one.words, at=one.said_at, pictures=pictures.get(one.id, [])) for one in said],
        seen=policy.seen_of(order, dispute, len(said)),
    )


def _explains(step: Step, parties: frozenset[Party]) -> bool:
    return bool(step.explains & parties & step.by)


def _move(order: Order, row: StateHistory) -> MoveOut:
    return MoveOut(to=row.to_state, at=row.moved_at, by=_who(order, row.moved_by), note=reason_in_words(row.moved_because))


def _refund(order: Order, row: OrderRefund) -> RefundOut:
    return RefundOut(amount=row.amount, at=row.made_at, by=_who(order, row.made_by), reason=reason_in_words(row.reason))


def _who(order: Order, person_id: UUID | None) -> Party | None:
    people = {order.buyer_id: Party.BUYER, order.seller_id: Party.SELLER, None: None}
    return people.get(person_id, Party.OPERATOR)
