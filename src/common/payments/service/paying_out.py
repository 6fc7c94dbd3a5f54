"""From the provider to the seller's bank: what lies on a seller's account is paid out once a day, to confirmed sellers alone.

The balance at the provider is the guard: however often this runs, no more leaves than is there. The key of the call is made of shop, day
and amount, so that a lost answer is given again instead of a second payout being made.
"""

from datetime import datetime, time
from uuid import UUID, uuid5

import structlog
from sqlalchemy import DateTime, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, outbox
from common.db import unit_of_work
from common.payments.errors import Refused
from common.payments.models import SellerAccount
from common.payments.provider import provider
from common.payments.service import accounts
from common.payments.service.merging import merge

log = structlog.get_logger(__name__)
AT_ONCE = 200
PAY_OUT = "payments.pay_out"
DUE = text("""
    SELECT s.storefront_id FROM payment_seller_accounts s
    WHERE s.payouts_enabled AND payee_is_confirmed(s.storefront_id)
      AND (SELECT sum(e.amount) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
           WHERE a.kind = 'transferred' AND a.owner = s.storefront_id::text) > 0
      AND NOT EXISTS (SELECT FROM payment_payouts p WHERE p.owner = s.storefront_id::text AND p.created_at >= :midnight)
      AND NOT EXISTS (SELECT FROM outbox o WHERE o.key = :job || ':' || s.storefront_id || ':' || :hour)
    ORDER BY s.storefront_id LIMIT :most
""").bindparams(bindparam("midnight", type_=DateTime(timezone=True)), bindparam("job", type_=Text), bindparam("hour", type_=Text))


async def sweep_payouts() -> None:
    """Promise a payout for every seller who has money at the provider and was not paid today; each is looked at once an hour at most."""
    hour = f"{clock.now():%Y-%m-%dT%H}"
    async with unit_of_work() as session:
        for storefront_id in await _due(session, hour):
            key = f"{PAY_OUT}:{storefront_id}:{hour}"
            await outbox.enqueue(session, PAY_OUT, key=key, storefront_id=str(storefront_id))


async def pay_out(storefront_id: UUID) -> None:
    """Send what is available. Nothing happens while the account may not be paid out, or nothing is there."""
    async with unit_of_work() as session:
        account = await session.get_one(SellerAccount, storefront_id)
        confirmed = await accounts.is_confirmed(session, storefront_id)
    if account.provider_account is None or not account.payouts_enabled or not confirmed:
        return
    amount = (await provider().account_balance(account.provider_account)).available
    if amount <= 0:
        return
    key = uuid5(storefront_id, f"payout:{clock.today()}:{amount}")
    try:
        fact = await provider().payout(account.provider_account, key=key, amount=amount)
    except Refused as refusal:  # the account changed, or its bank does not take it: its own messages tell
        log.warning("payout_refused", storefront=str(storefront_id), why=refusal.why)
        return
    async with unit_of_work() as session:
        await merge(session, fact)


async def _due(session: AsyncSession, hour: str) -> list[UUID]:
    midnight = datetime.combine(clock.today(), time(), clock.WITA)
    return list(await session.scalars(DUE, {"midnight": midnight, "most": AT_ONCE, "job": PAY_OUT, "hour": hour}))
