"""JSON of payments, and the door for the provider's messages."""

from typing import Any
from uuid import UUID

from litestar import MediaType, Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor, Role
from common.payments import deskapi, lists, queries, service
from common.payments.schemas import ActionOut, BalanceOut, MessageOut, PaymentOut, PotOut, TransactionOut
from common.web.bodies import TAKES
from common.web.paging import Cursor, Limit, Page, linked

MOST_BYTES = 512 * 1024  # of one message: an event holds a whole object of the provider's
OPERATOR = [guards.role(Role.OPERATOR), guards.scope("ledger:read")]


@get("/payments/{intent_id:uuid}", guards=[guards.signed_in, guards.scope("orders:read")], tags=["payments"])
async def show_payment(session: AsyncSession, actor: Actor, intent_id: UUID) -> PaymentOut:
    """A payment of one's own."""
    return PaymentOut.of(await queries.visible(session, actor, intent_id))


@post("/payments/{intent_id:uuid}/start", status_code=200, guards=[guards.signed_in, guards.scope("orders:write")], tags=["payments"])
async def start_payment(actor: Actor, intent_id: UUID) -> ActionOut:
    """Open the payment at the provider; any number of times, one payment. No session is held while the provider is asked."""
    return ActionOut.of(await service.start_as(actor, intent_id))


@get("/ledger/balance", guards=OPERATOR, tags=["ledger"])
async def show_balance(session: AsyncSession) -> BalanceOut:
    """The ledger by kinds of pots; `sum` is 0."""
    return await lists.balance(session)


@get("/ledger/accounts", guards=OPERATOR, tags=["ledger"])
async def list_pots(
    request: Request[Any, Any, Any], session: AsyncSession, cursor: Cursor = None, limit: Limit = 50
) -> Response[Page[PotOut]]:
    """Every pot and what is in it."""
    return linked(request, await lists.pots(session, cursor=cursor, limit=limit))


@get("/ledger/transactions", guards=OPERATOR, tags=["ledger"])
async def list_transactions(
    request: Request[Any, Any, Any], session: AsyncSession, cursor: Cursor = None, limit: Limit = 50
) -> Response[Page[TransactionOut]]:
    """Movements of money, newest first."""
    return linked(request, await lists.transactions(session, cursor=cursor, limit=limit))


@get("/webhook-messages", guards=OPERATOR, tags=["ledger"])
async def list_messages(
    request: Request[Any, Any, Any], session: AsyncSession, cursor: Cursor = None, limit: Limit = 50
) -> Response[Page[MessageOut]]:
    """The provider's messages, newest first."""
    return linked(request, await lists.messages(session, cursor=cursor, limit=limit))


@post(
    "/webhooks/stripe",
    status_code=200,
    guards=[guards.public],
    opt={"csrf_exempt": True, TAKES: MOST_BYTES},
    media_type=MediaType.TEXT,
    include_in_schema=False,
)
async def hear_stripe(request: Request[Any, Any, Any]) -> str:
    """Keep a signed message and say so; the signature is over the raw body. 400 for a signature that is not right."""
    fresh = await service.receive(await request.body(), request.headers)
    return "kept" if fresh else "known"


api = Router(
    "/api/v1",
    route_handlers=[show_payment, start_payment, show_balance, list_pots, list_transactions, list_messages, *deskapi.HANDLERS],
)
router = Router("/", route_handlers=[api, hear_stripe])
