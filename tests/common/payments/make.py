"""Small builders: money that was paid, without a provider."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.db import unit_of_work
from common.ids import uuid7
from common.payments import queries, service
from common.payments.models import Intent, IntentState
from common.payments.service import Part, opening


async def opened(session: AsyncSession, *, amount: int = 100_000, purpose: str = "order_group", minutes: int = 15) -> Intent:
    """An open intent of a new purpose."""
    ends = clock.now() + timedelta(minutes=minutes)
    return await service.open_intent(session, payer_id=uuid7(), purpose=purpose, purpose_id=uuid7(), amount=amount, expires_at=ends)


async def paid(session: AsyncSession, *, amount: int = 100_000, purpose: str = "order_group") -> Intent:
    """An intent whose money has arrived."""
    intent = await opened(session, amount=amount, purpose=purpose)
    intent.move_to(IntentState.STARTED, by=None)
    intent.charge_ref = f"ch_{intent.id.hex}"
    await session.flush()
    await opening.record_succeeded(session, intent)
    return intent


async def held(session: AsyncSession, *shares: tuple[int, int], storefront: UUID | None = None) -> tuple[Intent, list[Part]]:
    """A paid intent, held for one order for each (amount, commission)."""
    intent = await paid(session, amount=sum(amount for amount, _ in shares))
    parts = [Part(uuid7(), storefront or uuid7(), amount, commission) for amount, commission in shares]
    await service.hold_for_sellers(session, intent.id, parts)
    return intent, parts


async def pots() -> dict[str, int]:
    """All pots that are not empty, as `kind:owner` -> whole rupiah."""
    async with unit_of_work() as session:
        return {f"{kind}:{owner}": amount for (_, (kind, owner)), amount in (await queries.balances(session)).items()}


async def differences() -> list[service.Difference]:
    async with unit_of_work() as session:
        return await service.ledger_check(session)
