"""A dispute for the two of its order: saying what is wrong, answering, agreeing; both ends are on the page from the beginning."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.i18n import gettext as _
from common.web import Form, page, reshow, see_other
from common.web.bodies import TAKES, UPLOAD
from marvec.orders import policy, service
from marvec.orders.machine import TIME_TO_ANSWER, TIME_TO_SETTLE, OrderState, Party
from marvec.orders.schemas import Agree, OpenDispute, OrderOut, Say
from marvec.orders.service.statements import Upload
from marvec.orders.wording import COMPLAINTS, DISPUTES
from marvec.storefronts import queries as storefronts

Asked = Request[Any, Any, Any]
HERE = "/pesanan/{reference:str}/masalah"
TWO = [guards.signed_in]


@get(HERE, guards=TWO)
async def show_dispute(session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    """The operator has a page of its own; where there is nothing to complain about, the order's page says more."""
    context = await _shown(session, actor, reference)
    order: OrderOut = context["order"]
    if Party.OPERATOR in order.viewer:
        return see_other(f"/operator/sengketa/{order.reference}")
    if order.dispute is None and not context["may_open"]:
        return see_other(f"/pesanan/{order.reference}")
    return page("orders/dispute.html", **context)


@post(HERE, guards=TWO, opt={TAKES: UPLOAD})
async def open_dispute(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await _shown(session, actor, reference)
    async with reshow(request, "orders/dispute.html", **context) as form:
        await service.open_dispute(session, actor, context["order"].id, form.parse(OpenDispute), await _uploads(form))
    return _back(reference, _("Masalahnya kami catat, dan penjual dikabari."))


@post(HERE + "/keterangan", guards=TWO, opt={TAKES: UPLOAD})
async def say(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await _shown(session, actor, reference)
    async with reshow(request, "orders/dispute.html", **context) as form:
        await service.say(session, actor, context["order"].id, form.parse(Say), await _uploads(form))
    return _back(reference, _("Keterangan Anda tercatat, dan pihak lain dikabari."))


@post(HERE + "/petugas", guards=TWO)
async def ask_operator(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await _shown(session, actor, reference)
    async with reshow(request, "orders/dispute.html", **context):
        await service.ask_operator(session, actor, context["order"].id)
    return _back(reference, _("Petugas diminta memutuskan."))


@post(HERE + "/sepakat", guards=TWO)
async def agree(request: Asked, session: AsyncSession, actor: Actor, reference: str) -> Response[Any]:
    context = await _shown(session, actor, reference)
    async with reshow(request, "orders/dispute.html", **context) as form:
        await service.agree(session, actor, context["order"].id, form.parse(Agree).offered)
    return _back(reference, _("Sepakat. Masalahnya selesai."))


async def _shown(session: AsyncSession, actor: Actor, reference: str) -> dict[str, Any]:
    order = await service.show_by_reference(session, actor, reference)
    steps = {step.to for step in order.steps}
    return {
        "order": order, "dispute": order.dispute, "shop": await storefronts.by_id(session, order.storefront_id),
        "side": next(iter(order.viewer)), "may_open": OrderState.DISPUTED in steps,
        "may_give_up": order.state is OrderState.DISPUTED and OrderState.COMPLETED in steps and Party.BUYER in order.viewer,
        "may_give_back": order.state is OrderState.DISPUTED and OrderState.CANCELLED in steps and Party.SELLER in order.viewer,
        "complaints": [(key.value, _(text)) for key, text in COMPLAINTS.items()], "reasons": COMPLAINTS, "states": DISPUTES,
        "answer_days": TIME_TO_ANSWER.days, "settle_days": TIME_TO_SETTLE.days, "most_pictures": policy.MOST_PICTURES,
    }  # fmt: skip


async def _uploads(form: Form) -> list[Upload]:
    return [(await file.read(), file.filename) for file in form.values("pictures") if isinstance(file, UploadFile)]


def _back(reference: str, toast: str) -> Response[Any]:
    return see_other(f"/pesanan/{reference}/masalah", toast=toast)


HANDLERS = [show_dispute, open_dispute, say, ask_operator, agree]
