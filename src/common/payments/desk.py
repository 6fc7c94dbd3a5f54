"""The operator's pages of money: what must be assigned, disputes of banks with their evidence, comparisons with the provider."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.db import unit_of_work
from common.i18n import gettext as _
from common.payments import policy, queries, service, waiting
from common.payments.errors import NoSuchPayment
from common.payments.schemas import AddEvidence, AssignMoney, SubmitEvidence, Waits
from common.payments.service import Bearer, Decision
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page

OPERATOR = [guards.role(Role.OPERATOR)]
ROWS = 50
Asked = Request[Any, Any, Any]


@get("/operator/uang", guards=OPERATOR)
async def list_unassigned(session: AsyncSession, cursor: Cursor = None) -> Page:
    found = await waiting.unassigned(session, cursor=cursor, limit=ROWS)
    return page("payments/unassigned.html", found=found, kinds=policy.WAITS)


@get("/operator/uang/{kind:str}/{id_:uuid}", guards=OPERATOR)
async def show_unassigned(session: AsyncSession, actor: Actor, kind: str, id_: UUID) -> Page:
    return page("payments/assign.html", **await _unassigned(session, actor, kind, id_))


@post("/operator/uang/{kind:str}/{id_:uuid}", guards=OPERATOR)
async def assign(request: Asked, session: AsyncSession, actor: Actor, kind: str, id_: UUID) -> Response[Any]:
    shown = await _unassigned(session, actor, kind, id_)
    async with reshow(request, "payments/assign.html", **shown) as form:
        await decide(session, actor, Waits(kind), id_, form.parse(AssignMoney))
    return see_other("/operator/uang", toast=_("Keputusan dicatat."))


@get("/operator/sengketa-bank", guards=OPERATOR)
async def list_disputes(session: AsyncSession, cursor: Cursor = None) -> Page:
    found = await waiting.disputes(session, cursor=cursor, limit=ROWS)
    return page("payments/disputes.html", found=found, states=policy.DISPUTES)


@get("/operator/sengketa-bank/{dispute_id:uuid}", guards=OPERATOR)
async def show_dispute(session: AsyncSession, dispute_id: UUID) -> Page:
    return page("payments/dispute.html", **await _dispute(session, dispute_id))


@post("/operator/sengketa-bank/{dispute_id:uuid}/bukti", guards=OPERATOR)
async def add_evidence(request: Asked, session: AsyncSession, actor: Actor, dispute_id: UUID) -> Response[Any]:
    shown = await _dispute(session, dispute_id)
    async with reshow(request, "payments/dispute.html", **shown) as form:
        words = form.parse(AddEvidence).words
        await service.add_evidence(session, actor, shown["dispute"].intent_id, side=service.OPERATOR, words=words)
    return see_other(f"/operator/sengketa-bank/{dispute_id}", toast=_("Bukti disimpan."))


@post("/operator/sengketa-bank/{dispute_id:uuid}/serahkan", guards=OPERATOR)
async def submit_evidence(request: Asked, actor: Actor, dispute_id: UUID) -> Response[Any]:
    """No session is held while the provider is asked."""
    async with unit_of_work() as session:
        shown = await _dispute(session, dispute_id)
    async with reshow(request, "payments/dispute.html", **shown) as form:
        form.parse(SubmitEvidence)
        await service.submit_evidence(actor, dispute_id)
    return see_other(f"/operator/sengketa-bank/{dispute_id}", toast=_("Bukti diserahkan ke bank."))


@post("/operator/sengketa-bank/{dispute_id:uuid}/tanggung", guards=OPERATOR)
async def write_off(request: Asked, session: AsyncSession, actor: Actor, dispute_id: UUID) -> Response[Any]:
    """What sellers cannot pay of a loss is borne by the platform."""
    shown = await _dispute(session, dispute_id)
    async with reshow(request, "payments/dispute.html", **shown) as form:
        await decide(session, actor, Waits.LOSS, dispute_id, form.parse(AssignMoney))
    return see_other(f"/operator/sengketa-bank/{dispute_id}", toast=_("Keputusan dicatat."))


@get("/operator/penyedia", guards=OPERATOR)
async def list_checks(session: AsyncSession, cursor: Cursor = None) -> Page:
    return page("payments/checks.html", found=await waiting.provider_checks(session, cursor=cursor, limit=ROWS))


@post("/operator/penyedia", guards=OPERATOR)
async def want_check(session: AsyncSession, actor: Actor) -> Response[Any]:
    await service.want_provider_check(session, actor)
    return see_other("/operator/penyedia", toast=_("Perbandingan dimulai. Muat ulang sebentar lagi."))


@get("/operator/penyedia/{check_id:uuid}", guards=OPERATOR)
async def show_check(session: AsyncSession, check_id: UUID, cursor: Cursor = None) -> Page:
    check = await waiting.provider_check(session, check_id)
    found = await waiting.provider_differences(session, check_id, cursor=cursor, limit=ROWS)
    return page("payments/check.html", check=check, found=found, kinds=policy.THINGS)


async def decide(session: AsyncSession, actor: Actor, kind: Waits, id_: UUID, wanted: AssignMoney) -> None:
    """An operator's decision, by page and API alike."""
    decision = Decision(Bearer(wanted.bearer), wanted.reason, wanted.order_id)
    await (service.assign_loss if kind is Waits.LOSS else service.assign_refund)(session, actor, id_, decision)


async def _unassigned(session: AsyncSession, actor: Actor, kind: str, id_: UUID) -> dict[str, Any]:
    if kind not in policy.WAITS:
        raise NoSuchPayment
    one = await waiting.unassigned_one(session, Waits(kind), id_)
    intent = await queries.visible(session, actor, one.intent_id)
    shares = await waiting.shares_of(session, one.intent_id)
    return {"one": one, "intent": intent, "shares": shares, "kinds": policy.WAITS, "bearers": policy.bearers_of(one.kind, intent)}


async def _dispute(session: AsyncSession, dispute_id: UUID) -> dict[str, Any]:
    dispute = await queries.dispute_by_id(session, dispute_id)
    said = await queries.evidence_of(session, dispute_id)
    owed = await service.owed_of(session, dispute)
    return {
        "dispute": dispute,
        "said": said,
        "states": policy.DISPUTES,
        "takes": service.takes_evidence(dispute),
        "owed": owed,
        "reasons": policy.REASONS,
    }


HANDLERS = [
    list_unassigned, show_unassigned, assign, list_disputes, show_dispute, add_evidence, submit_evidence, write_off,
    list_checks, want_check, show_check,
]  # fmt: skip
