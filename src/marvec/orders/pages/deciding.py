"""The operator's desk of disputes. A decision takes two pages: what is decided and why, then its consequence, which is confirmed."""

from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import front, guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.identity import queries as identity
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from marvec.orders import queries, service
from marvec.orders.errors import NoDispute
from marvec.orders.machine import DisputeState, OrderState
from marvec.orders.schemas import Decide, OrderOut
from marvec.orders.wording import COMPLAINTS, DISPUTES, STATES
from marvec.storefronts import queries as storefronts

Asked = Request[Any, Any, Any]
OPERATOR = [guards.role(Role.OPERATOR)]
CASE = "/operator/sengketa/{reference:str}"
ON_A_PAGE, MOST_TO_DECIDE = 24, 200


@get("/operator/sengketa", guards=OPERATOR)
async def list_disputes(session: AsyncSession, cursor: Cursor = None) -> Response[Any]:
    """What waits for a decision, the nearest default first; then what the two may still settle."""
    talking = await queries.disputes_of_the_two(session, ON_A_PAGE, cursor)
    waiting = await queries.disputes_to_decide(session, MOST_TO_DECIDE)
    return page("orders/disputes.html", waiting=waiting, orders=talking.items, next=talking.next, states=STATES, reasons=COMPLAINTS)


@get(CASE, guards=OPERATOR)
async def show_case(session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    return page("orders/case.html", **await _case(session, actor, reference))


@post(CASE + "/periksa", guards=OPERATOR)
async def check_decision(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    """Nothing is done yet: the page says what the decision does, to whom, and asks once more."""
    context = await _case(session, actor, reference)
    order: OrderOut = context["order"]
    async with reshow(request, "orders/case.html", **context) as form:
        decision = form.parse(Decide)
        await service.check_decision(session, actor, order.id, decision)
        new, refund = decision.as_step(order.total - order.refunded)
    back = order.total - order.refunded if new is OrderState.CANCELLED else refund
    return page("orders/confirm.html", order=order, decision=decision, to_buyer=back, to_seller=order.total - order.refunded - back)


@post(CASE + "/putusan", guards=OPERATOR)
async def decide(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await _case(session, actor, reference)
    async with reshow(request, "orders/case.html", **context) as form:
        await service.decide(session, actor, context["order"].id, form.parse(Decide))
    return see_other("/operator/sengketa", toast=_("Putusan tercatat, dan kedua pihak dikabari."))


async def _case(session: AsyncSession, actor: Actor, reference: str) -> dict[str, Any]:
    """Both sides' words and pictures, and what other rooms know of it: their talk. Raises NoSuchOrder, NoDispute."""
    order = await service.show_by_reference(session, actor, reference)
    if order.dispute is None:
        raise NoDispute
    return {
        "order": order, "dispute": order.dispute, "may_decide": order.dispute.state is DisputeState.REVIEW,
        "shop": await storefronts.by_id(session, order.storefront_id),
        "names": await identity.names_of(session, {order.buyer_id, order.seller_id}), "reasons": COMPLAINTS, "states": DISPUTES,
        "left": order.total - order.refunded, "pieces": await front.pieces_for("dispute", session, actor, order),
    }  # fmt: skip


HANDLERS = [list_disputes, show_case, check_decision, decide]
