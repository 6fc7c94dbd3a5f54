"""Money of the seeded history, by the payments' own way in: facts as a provider tells them, joined by the service that joins all facts.

What is over and done was paid at no provider: its facts are invented whole (payment, transfer, refund), so that nothing is left to ask for.
What is still open is paid at the sandbox where one runs, because people who look around will send that money on or give it back.
"""

from datetime import datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from common.payments import queries
from common.payments.errors import ProviderAway, Refused
from common.payments.facts import IntentFact, PayoutFact, RefundFact, TransferFact
from common.payments.models import Intent, IntentState, PayoutState, RefundState
from common.payments.port import PaymentOrder
from common.payments.provider import provider
from common.payments.service.merging import merge
from common.settings import get_settings

CARD = "4242424242424242"
PATIENCE = 5.0  # seconds


async def pay(session: AsyncSession, intent_id: UUID, *, sandbox_at: datetime | None = None) -> None:
    """The money of an intent arrives now; with `sandbox_at` (the present) through the sandbox, which has no past.

    Its row is locked first, so that the sandbox's own message finds everything done.
    """
    intent = await queries.for_update(session, intent_id)
    fact = await _paid_at_sandbox(intent, sandbox_at) if sandbox_at else None
    await merge(session, fact or _invented(intent))


async def settle(session: AsyncSession, intent_id: UUID, order_id: UUID) -> None:
    """Transfer and refunds of an order that is over have been carried out."""
    intent = await queries.by_id(session, intent_id)
    transfer = await queries.transfer_of(session, order_id)
    if transfer is not None:
        await merge(session, TransferFact(f"tr_demo{transfer.id.hex}", transfer.id, transfer.amount))
        account = await queries.seller_account(session, transfer.storefront_id)
        if account is not None and account.provider_account and transfer.amount:
            await merge(session, PayoutFact(f"po_demo{transfer.id.hex}", account.provider_account, transfer.amount, PayoutState.PAID))
    for refund in await queries.refunds_of(session, intent_id):
        ref = f"re_demo{refund.id.hex}"
        await merge(session, RefundFact(ref, refund.id, intent.provider_ref or "", refund.amount, RefundState.SUCCEEDED))


def _invented(intent: Intent) -> IntentFact:
    return IntentFact(f"pi_demo{intent.id.hex}", intent.id, IntentState.SUCCEEDED, intent.amount, f"ch_demo{intent.id.hex}")


async def _paid_at_sandbox(intent: Intent, now: datetime) -> IntentFact | None:
    """None where no sandbox answers: then the fact is invented, and the order can be looked at but not settled."""
    sandbox = get_settings().stripe_api_base
    if not sandbox:
        return None
    try:
        made = await provider().create_payment(_order(intent, now))
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            (await client.post(f"{sandbox}/sandbox/pay/{made.provider_ref}", json={"method": "card", "number": CARD})).raise_for_status()
        facts = await provider().fetch("intent", made.provider_ref)
    except (httpx.HTTPError, ProviderAway, Refused):
        return None
    return next((fact for fact in facts if isinstance(fact, IntentFact) and fact.state is IntentState.SUCCEEDED), None)


def _order(intent: Intent, now: datetime) -> PaymentOrder:
    return PaymentOrder(
        key=intent.id, amount=intent.amount, description="Marvec demo", group=str(intent.id),
        return_url=f"{get_settings().base_url}/bayar/{intent.id}/kembali", started_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
