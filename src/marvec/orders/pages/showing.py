"""Orders as pages: a buyer's, a seller's by what to do next, one with its timeline and buttons, and a part of the money given back."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from common import front, guards, ids
from common.actor import Actor
from common.i18n import gettext as _
from common.i18n import rupiah
from common.payments import service as payments
from common.web import page, reshow, see_other
from common.web.bodies import TAKES, UPLOAD
from common.web.paging import Cursor
from marvec.orders import desk, policy, queries, service
from marvec.orders.machine import OrderState, Party
from marvec.orders.models import OrderLine
from marvec.orders.schemas import HandInEvidence, MoveOrder, OrderOut, RefundPart
from marvec.orders.wording import STATES
from marvec.storefronts import queries as storefronts

ON_A_PAGE = 24
ENDED = (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.DECLINED)
Asked = Request[Any, Any, Any]


@get("/pesanan", guards=[guards.signed_in])
async def list_bought(session: AsyncSession, actor: Actor, cursor: Cursor = None) -> Response[Any]:
    found = await queries.bought_by(session, actor.person_id, ON_A_PAGE, cursor)
    shops = await storefronts.by_ids(session, {order.storefront_id for order in found.items})
    return page("orders/bought.html", orders=found.items, next=found.next, shops=shops, states=STATES)


@get("/pesanan/{reference:str}", guards=[guards.signed_in])
async def show_order(session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    return page("orders/show.html", **await shown(session, actor, reference))


@post("/pesanan/{reference:str}/langkah", guards=[guards.signed_in])
async def move_order(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    """An operator's decision on a dispute is confirmed on a page of its own."""
    context = await shown(session, actor, reference)
    order: OrderOut = context["order"]
    if order.state is OrderState.DISPUTED and Party.OPERATOR in order.viewer:
        return see_other(f"/operator/sengketa/{order.reference}")
    async with reshow(request, "orders/show.html", **context) as form:
        wanted = form.parse(MoveOrder)
        await service.move_order(session, actor, order.id, wanted.to, because=wanted.note, refund=wanted.refund)
    back = "/toko-saya/pesanan" if form.value("dari") == "meja" else f"/pesanan/{order.reference}"
    return see_other(back, toast=_("Sudah dicatat."))


@post("/pesanan/{reference:str}/pengembalian", guards=[guards.signed_in])
async def refund_part(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await shown(session, actor, reference)
    async with reshow(request, "orders/show.html", **context) as form:
        wanted = form.parse(RefundPart)
        made = await service.refund_part(session, actor, context["order"].id, **wanted.model_dump())
    return see_other(f"/pesanan/{reference}", toast=_("%(amount)s dikembalikan ke pembeli.", amount=rupiah(made.amount)))


@post("/pesanan/{reference:str}/bukti", guards=[guards.signed_in], opt={TAKES: UPLOAD})
async def hand_in_evidence(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await shown(session, actor, reference)
    async with reshow(request, "orders/show.html", **context) as form:
        upload = (await request.form()).get("file")
        file = (upload.filename, await upload.read()) if isinstance(upload, UploadFile) and upload.filename else None
        await service.hand_in_evidence(session, actor, context["order"].id, words=form.parse(HandInEvidence).words, upload=file)
    return see_other(f"/pesanan/{reference}", toast=_("Bukti diterima. Petugas kami menyerahkannya ke bank."))


@get("/toko-saya/pesanan", guards=[guards.signed_in])
async def list_sold(session: AsyncSession, actor: Actor, tab: str = "berjalan", cursor: Cursor = None) -> Response[Any]:
    """What is under way, by what to do next; or, page by page, what has ended."""
    going = await queries.under_way_of(session, actor.person_id)
    context: dict[str, Any] = {"states": STATES, "to_answer": sum(desk.group_of(order) == "jawab" for order in going)}
    if tab == "selesai":
        found = await queries.sold_by(session, actor.person_id, ENDED, ON_A_PAGE, cursor)
        return page("orders/sold.html", tab=tab, orders=found.items, next=found.next, **context)
    lines: dict[Any, list[OrderLine]] = {order.id: [] for order in going}
    for line in await queries.lines_of(session, list(lines)):
        lines[line.order_id].append(line)
    return page(
        "orders/sold.html", tab="berjalan", groups=desk.grouped(going), lines=lines, due=desk.due, next_step=desk.next_step, **context
    )


async def shown(session: AsyncSession, actor: Actor, reference: str) -> dict[str, Any]:
    """What an order's page shows to one of its parties. Raises NoSuchOrder."""
    order = await service.show_by_reference(session, actor, reference)
    shop = await storefronts.by_id(session, order.storefront_id)
    timeline = [
        {"label": _(STATES[move.to][0]), "at": move.at, "note": move.note, "done": True, "current": move is order.history[-1]}
        for move in order.history
    ]
    wanted = await payments.evidence_wanted(session, order.intent_id) if order.frozen_at and Party.SELLER in order.viewer else None
    pieces = await front.pieces_for("order", session, actor, order)
    return {
        "order": order, "shop": shop, "timeline": timeline, "states": STATES, "placed": OrderState.PLACED, "pieces": pieces,
        "client_key": str(ids.uuid7()), "until": order.moved_at + policy.REFUND_AFTER, "wanted": wanted,
    }  # fmt: skip


HANDLERS = [list_bought, show_order, move_order, refund_part, hand_in_evidence, list_sold]
