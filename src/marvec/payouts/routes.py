"""JSON of payouts: the account at the provider, the balance, its movements and the monthly statement of one's own shops."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from common import guards
from common.actor import Actor
from common.db import unit_of_work
from common.payments import movements
from common.payments import queries as payments
from common.web.paging import Cursor, Limit, Page, linked
from marvec.payouts import requirements, service
from marvec.payouts.months import month_of
from marvec.payouts.schemas import AccountOut, BalanceOut, LineOut, LinkOut, StatementOut

READS = [guards.signed_in, guards.scope("payouts:read")]


@get("/{storefront_id:uuid}/account", guards=READS)
async def show_account(session: AsyncSession, actor: Actor, storefront_id: UUID) -> AccountOut:
    """How the account at the payment provider stands, and what the provider asks for."""
    shop = await service.owned_by_id(session, actor, storefront_id)
    return AccountOut.model_validate(requirements.told(await payments.seller_account(session, shop.id)), from_attributes=True)


@post("/{storefront_id:uuid}/account/links", guards=[guards.signed_in, guards.scope("payouts:write")])
async def open_link(actor: Actor, storefront_id: UUID) -> LinkOut:
    """A link to the provider's form. No session is held while the provider is asked."""
    async with unit_of_work() as session:
        shop = await service.owned_by_id(session, actor, storefront_id)
    return LinkOut(url=await service.onboard(actor, shop.slug))


@get("/{storefront_id:uuid}/balance", guards=READS)
async def show_balance(session: AsyncSession, actor: Actor, storefront_id: UUID) -> BalanceOut:
    """Where the shop's money is."""
    shop = await service.owned_by_id(session, actor, storefront_id)
    return BalanceOut.of(await movements.balance_of(session, [shop.id]))


@get("/{storefront_id:uuid}/movements", guards=READS)
async def list_movements(
    request: Request[Any, Any, Any], session: AsyncSession, actor: Actor, storefront_id: UUID, cursor: Cursor = None, limit: Limit = 50
) -> Response[Page[LineOut]]:
    """What changed the balance, newest first."""
    shop = await service.owned_by_id(session, actor, storefront_id)
    found = await movements.newest(session, [shop.id], cursor=cursor, limit=limit)
    return linked(request, Page(items=await service.lines_of(session, list(found.items)), next=found.next))


@get("/{storefront_id:uuid}/statements/{month:str}", guards=READS)
async def show_statement(session: AsyncSession, actor: Actor, storefront_id: UUID, month: str) -> StatementOut:
    """One month (`2026-11`, in Makassar's time): opening balance, every line, closing balance."""
    shop = await service.owned_by_id(session, actor, storefront_id)
    return await service.statement(session, shop, month_of(month, shop))


router = Router(
    "/api/v1/storefronts", route_handlers=[show_account, open_link, show_balance, list_movements, show_statement], tags=["payouts"]
)
