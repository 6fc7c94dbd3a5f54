"""Sellers' accounts at the provider: opened once for each storefront, known by what the provider last said of them."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common import clock, events, outbox
from common.db import unit_of_work
from common.payments.facts import AccountFact
from common.payments.models import SellerAccount, Transfer, TransferState
from common.payments.provider import provider


async def ensure_seller_account(storefront_id: UUID) -> None:
    """Promise an account for the storefront (in a transaction of its own); a job opens it at the provider. Once, however often called."""
    async with unit_of_work() as session:
        await _keep(session, storefront_id)
        await outbox.enqueue(session, "payments.open_account", key=f"account:{storefront_id}", storefront_id=str(storefront_id))


async def account_of(storefront_id: UUID) -> SellerAccount:
    """The storefront's account, opened now when there is none yet. Raises ProviderAway."""
    async with unit_of_work() as session:
        await _keep(session, storefront_id)
        row = await session.get_one(SellerAccount, storefront_id)
        if row.provider_account is not None:
            return row
    asked_at = clock.now()
    fact = await provider().open_account(key=storefront_id)
    async with unit_of_work() as session:
        row = await keep_account(session, storefront_id, fact.account)
        await record(session, fact, read_at=asked_at)
        return row


async def keep_account(session: AsyncSession, storefront_id: UUID, account: str) -> SellerAccount:
    """The storefront's row with its account at the provider; the first one stays."""
    await _keep(session, storefront_id)
    row = await session.get_one(SellerAccount, storefront_id, with_for_update=True, populate_existing=True)
    row.provider_account = row.provider_account or account
    await session.flush()
    return row


async def record(session: AsyncSession, fact: AccountFact, *, read_at: datetime) -> bool:
    """Keep what was true at `read_at`, unless something newer is known; a disconnected account stays so. Transfers that waited go out, and
    whoever wants to know hears of a change."""
    row = await session.scalar(select(SellerAccount).where(col(SellerAccount.provider_account) == fact.account).with_for_update())
    if row is None:
        return False
    before, could = standing_of(row), (row.transfers_enabled, row.payouts_enabled)
    row.disconnected = row.disconnected or fact.disconnected
    if row.checked_at is None or row.checked_at <= read_at:
        row.transfers_enabled = fact.transfers_enabled and not row.disconnected
        row.payouts_enabled = fact.payouts_enabled and not row.disconnected
        row.checked_at = read_at
        _keep_requirements(row, fact)
    if (now := standing_of(row)) != before:
        paused = any(old and not new for old, new in zip(could, (row.transfers_enabled, row.payouts_enabled), strict=True))
        await events.publish(session, events.SellerAccountChanged(row.storefront_id, now, paused))
    if row.transfers_enabled:
        await send_waiting(session, row.storefront_id)
    return True


async def request_transfer(transfer_id: UUID, account: SellerAccount) -> bool:
    """Note that the provider is asked for it now. False while its seller cannot receive, or is not confirmed (the trigger's last word)."""
    if account.provider_account is None or not account.transfers_enabled:
        return False
    async with unit_of_work() as session:
        transfer = await session.get_one(Transfer, transfer_id, with_for_update=True)
        if not await is_confirmed(session, transfer.storefront_id):
            return False
        transfer.requested_at = transfer.requested_at or clock.now()
    return True


async def is_confirmed(session: AsyncSession, storefront_id: UUID) -> bool:
    """Whether the payee may be paid at all: who owns a shop needs a confirmed address. The database's own function (migration 0017)."""
    return bool(await session.scalar(select(func.payee_is_confirmed(storefront_id))))


def _keep_requirements(row: SellerAccount, fact: AccountFact) -> None:
    if fact.requirements is not None:
        row.details_submitted, row.requirements = fact.details_submitted, asdict(fact.requirements)


def standing_of(row: SellerAccount) -> str:
    """A name for what a seller should hear of when it changes."""
    wanted = row.requirements
    asked = sorted({*wanted.get("currently_due", ()), *wanted.get("past_due", ())})
    wrong = [tuple(error) for error in wanted.get("errors", ())]
    told = row.transfers_enabled, row.payouts_enabled, row.disconnected, wanted.get("disabled_reason", ""), asked, wrong
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


async def _keep(session: AsyncSession, storefront_id: UUID) -> None:
    new = SellerAccount(storefront_id=storefront_id)
    await session.execute(insert(SellerAccount).values(new.model_dump()).on_conflict_do_nothing())


async def send_waiting(session: AsyncSession, storefront_id: UUID) -> None:
    """Promise the transfers that waited for the seller's account or address."""
    row = Transfer
    waiting = select(col(row.id)).where(col(row.storefront_id) == storefront_id, col(row.state) == TransferState.PENDING)
    for transfer_id in await session.scalars(waiting):
        await outbox.enqueue(session, "payments.transfer", transfer_id=str(transfer_id))


async def mark_swept(session: AsyncSession, storefront_id: UUID) -> None:
    row = SellerAccount
    await session.execute(update(row).where(col(row.storefront_id) == storefront_id).values(swept_at=clock.now()))
