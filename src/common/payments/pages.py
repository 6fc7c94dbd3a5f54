"""Pages of payments: what is to be paid, the way back from the provider, and the operator's books."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.i18n import gettext as _
from common.payments import desk, lists, policy, queries, service
from common.payments.models import Intent
from common.web import page, reshow, see_other
from common.web.paging import Cursor
from common.web.templating import Page

OPERATOR = [guards.role(Role.OPERATOR)]
ROWS = 50


@get("/bayar/{intent_id:uuid}", guards=[guards.signed_in])
async def show_payment(session: AsyncSession, actor: Actor, intent_id: UUID) -> Page:
    intent = await queries.visible(session, actor, intent_id)
    return page("payments/show.html", **_shown(intent))


@post("/bayar/{intent_id:uuid}", guards=[guards.signed_in])
async def pay(request: Request[Any, Any, Any], actor: Actor, intent_id: UUID) -> Response[Any]:
    """To the provider's pay page. No session is held while the provider is asked."""
    intent = await service.seen_by(actor, intent_id)
    async with reshow(request, "payments/show.html", **_shown(intent)):
        action = await service.start_as(actor, intent_id)
    return see_other(action.url)


@get("/bayar/{intent_id:uuid}/kembali", guards=[guards.signed_in])
async def come_back(actor: Actor, intent_id: UUID) -> Page:
    """The way back from the provider: what it says now, without waiting for its message."""
    await service.seen_by(actor, intent_id)
    await service.look_again(intent_id, patiently=True)
    return page("payments/show.html", **_shown(await service.seen_by(actor, intent_id)))


@get("/operator/buku-besar", guards=OPERATOR)
async def show_ledger(session: AsyncSession, cursor: Cursor = None) -> Page:
    found = await lists.transactions(session, cursor=cursor, limit=ROWS)
    return page("payments/ledger.html", balance=await lists.balance(session), found=found)


@get("/operator/buku-besar/akun", guards=OPERATOR)
async def show_pots(session: AsyncSession, cursor: Cursor = None) -> Page:
    return page("payments/pots.html", found=await lists.pots(session, cursor=cursor, limit=ROWS))


@get("/operator/webhook", guards=OPERATOR)
async def show_messages(session: AsyncSession, cursor: Cursor = None, keadaan: str = "") -> Page:
    return page("payments/messages.html", found=await lists.messages(session, cursor=cursor, limit=ROWS, state=keadaan), state=keadaan)


@post("/operator/webhook/{event_id:str}/ulang", guards=OPERATOR)
async def replay(session: AsyncSession, event_id: str) -> Response[Any]:
    await service.replay(session, event_id)
    return see_other("/operator/webhook", toast=_("Pesan penyedia sedang dibaca ulang."))


def _shown(intent: Intent) -> dict[str, Any]:
    names = {"title": policy.TITLES[intent.purpose], "state_name": policy.STATES[intent.state], "home": policy.HOMES[intent.purpose]}
    return {"intent": intent, **names}


router = Router(
    "/",
    route_handlers=[show_payment, pay, come_back, show_ledger, show_pots, show_messages, replay, *desk.HANDLERS],
    include_in_schema=False,
)
