"""Orders as JSON. A move is a resource: POST /orders/{id}/moves {"to": "accepted"}."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.web.paging import Cursor, Limit, Page, linked
from marvec.orders import queries, service
from marvec.orders.machine import OrderState
from marvec.orders.schemas import (
    Agree,
    Decide,
    GroupOut,
    HandInEvidence,
    MoveOrder,
    OpenDispute,
    OrderOut,
    OrderRow,
    PlaceOrders,
    RefundPart,
    Say,
)

READS, WRITES = guards.scope("orders:read"), guards.scope("orders:write")


@post("/", guards=[guards.signed_in, WRITES])
async def place_orders(session: AsyncSession, actor: Actor, data: PlaceOrders) -> GroupOut:
    return await service.place_and_show(session, actor, data)


@get("/", guards=[guards.signed_in, READS])
async def list_bought(
    request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, limit: Limit = 24, cursor: Cursor = None
) -> Response[Page[OrderRow]]:
    found = await queries.bought_by(session, actor.person_id, limit, cursor)
    return linked(request, Page(items=[OrderRow.of(order) for order in found.items], next=found.next))


@get("/sold", guards=[guards.signed_in, READS])
async def list_sold(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    actor: Actor,
    *,
    states: Annotated[list[OrderState] | None, QueryParameter(name="state")] = None,
    limit: Limit = 24,
    cursor: Cursor = None,
) -> Response[Page[OrderRow]]:
    found = await queries.sold_by(session, actor.person_id, states or [], limit, cursor)
    return linked(request, Page(items=[OrderRow.of(order) for order in found.items], next=found.next))


@get("/{order_id:uuid}", guards=[guards.signed_in, READS])
async def show_order(session: AsyncSession, actor: Actor, order_id: UUID) -> OrderOut:
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/moves", guards=[guards.signed_in, WRITES])
async def move_order(session: AsyncSession, actor: Actor, order_id: UUID, data: MoveOrder) -> OrderOut:
    await service.move_order(session, actor, order_id, data.to, because=data.note, refund=data.refund)
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/refunds", guards=[guards.signed_in, WRITES])
async def refund_part(session: AsyncSession, actor: Actor, order_id: UUID, data: RefundPart) -> OrderOut:
    """The seller gives a part back; again with the same `client_key`: the same refund."""
    await service.refund_part(session, actor, order_id, **data.model_dump())
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/dispute", guards=[guards.signed_in, WRITES])
async def open_dispute(session: AsyncSession, actor: Actor, order_id: UUID, data: OpenDispute) -> OrderOut:
    """Pictures go in on the dispute's page."""
    await service.open_dispute(session, actor, order_id, data)
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/dispute/statements", guards=[guards.signed_in, WRITES])
async def say(session: AsyncSession, actor: Actor, order_id: UUID, data: Say) -> OrderOut:
    await service.say(session, actor, order_id, data)
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/dispute/review", guards=[guards.signed_in, WRITES])
async def ask_operator(session: AsyncSession, actor: Actor, order_id: UUID) -> OrderOut:
    """Hand it to an operator before the time of the two is over."""
    await service.ask_operator(session, actor, order_id)
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/dispute/agreement", guards=[guards.signed_in, WRITES])
async def agree(session: AsyncSession, actor: Actor, order_id: UUID, data: Agree) -> OrderOut:
    """The buyer takes what the seller offers."""
    await service.agree(session, actor, order_id, data.offered)
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/dispute/decision", guards=[guards.role(Role.OPERATOR), WRITES])
async def decide(session: AsyncSession, actor: Actor, order_id: UUID, data: Decide) -> OrderOut:
    """An operator's word, bound to `dispute.seen` as it was read."""
    await service.decide(session, actor, order_id, data)
    return await service.show_order(session, actor, order_id)


@post("/{order_id:uuid}/evidence", guards=[guards.signed_in, WRITES], status_code=204)
async def hand_in_evidence(session: AsyncSession, actor: Actor, order_id: UUID, data: HandInEvidence) -> None:
    """What the seller has to say to the buyer's bank while it disputes the payment; our staff hands it on."""
    await service.hand_in_evidence(session, actor, order_id, words=data.words)


router = Router(
    "/api/v1/orders",
    route_handlers=[
        place_orders,
        list_bought,
        list_sold,
        show_order,
        move_order,
        refund_part,
        open_dispute,
        say,
        ask_operator,
        agree,
        decide,
        hand_in_evidence,
    ],
    tags=["orders"],
)
