"""Reads, and every lock. Order of locks: the intent first, then what hangs on it, then the seller's account."""

from uuid import UUID

from sqlalchemy import exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.actor import Actor, Role
from common.audit import reading
from common.payments import policy
from common.payments.errors import NoSuchPayment
from common.payments.models import (
    UNDECIDED,
    CheckState,
    Dispute,
    DisputeState,
    Evidence,
    Intent,
    IntentState,
    LedgerAccount,
    LedgerEntry,
    PaymentPart,
    Pot,
    ProviderCheck,
    Purpose,
    Refund,
    RefundState,
    Reversal,
    ReversalState,
    SellerAccount,
    Transfer,
)
from common.payments.models.intents import OPEN
from common.payments.postings import Key

Balances = dict[tuple[str, Key], int]


async def by_id(session: AsyncSession, intent_id: UUID) -> Intent:
    found = await session.get(Intent, intent_id)
    if found is None:
        raise NoSuchPayment
    return found


async def visible(session: AsyncSession, actor: Actor, intent_id: UUID) -> Intent:
    """The intent, for its payer, or for an operator: then on record. Raises NoSuchPayment."""
    intent = policy.must_see(actor, await by_id(session, intent_id))
    await reading.record(
        session,
        actor,
        owner_id=intent.payer_id,
        subject_kind="payment",
        subject_id=intent.id,
        purpose=reading.Purpose.SUPPORT,
        role=Role.OPERATOR,
    )
    return intent


async def for_update(session: AsyncSession, intent_id: UUID) -> Intent:
    """The intent, locked and as it is now: whatever concerns its money waits here for one another."""
    found: Intent | None = await session.get(Intent, intent_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NoSuchPayment
    return found


async def by_provider_ref(session: AsyncSession, ref: str) -> Intent | None:
    """The intent that we opened under this id, or whose payment has it."""
    named = or_(col(Intent.payment_ref) == ref, col(Intent.provider_ref) == ref)
    found: Intent | None = await session.scalar(select(Intent).where(named))
    return found


async def of_purpose(session: AsyncSession, purpose: Purpose, purpose_id: UUID) -> Intent | None:
    """The intent that counts for a purpose: the open or succeeded one, else the newest."""
    query = select(Intent).where(col(Intent.purpose) == purpose, col(Intent.purpose_id) == purpose_id)
    live = col(Intent.state) != IntentState.CLOSED
    found: Intent | None = await session.scalar(query.order_by(live.desc(), col(Intent.id).desc()).limit(1))
    return found


async def of_payer(session: AsyncSession, person_id: UUID) -> list[Intent]:
    """What a person has paid or was to pay, the newest first."""
    return list(await session.scalars(select(Intent).where(col(Intent.payer_id) == person_id).order_by(col(Intent.id).desc())))


async def open_of(session: AsyncSession, purpose: Purpose, purpose_id: UUID) -> Intent | None:
    query = select(Intent).where(col(Intent.purpose) == purpose, col(Intent.purpose_id) == purpose_id, col(Intent.state).in_(OPEN))
    found: Intent | None = await session.scalar(query)
    return found


async def is_paid(session: AsyncSession, purpose: Purpose, purpose_id: UUID) -> bool:
    """Whether money for the purpose is here and has not all been given back."""
    row = Intent
    query = select(col(row.id)).where(
        col(row.purpose) == purpose, col(row.purpose_id) == purpose_id, col(row.state) == IntentState.SUCCEEDED
    )
    return await session.scalar(query.where(col(row.refunded) < col(row.amount)).limit(1)) is not None


async def part_with_lock(session: AsyncSession, order_id: UUID) -> tuple[Intent, PaymentPart]:
    """An order's part under the lock of its intent. Raises NoSuchPayment."""
    intent_id = await session.scalar(select(col(PaymentPart.intent_id)).where(col(PaymentPart.order_id) == order_id))
    if intent_id is None:
        raise NoSuchPayment
    intent = await for_update(session, intent_id)
    part = await session.get(PaymentPart, order_id, populate_existing=True)
    assert part is not None
    return intent, part


async def transfer_of(session: AsyncSession, order_id: UUID) -> Transfer | None:
    """The transfer of an order's release."""
    mine = col(Transfer.order_id) == order_id, col(Transfer.reversal_id).is_(None)
    found: Transfer | None = await session.scalar(select(Transfer).where(*mine))
    return found


async def parts_of(session: AsyncSession, intent_id: UUID) -> list[PaymentPart]:
    """How the orders share a payment, as it is now (the intent is locked), in the order of their ids."""
    mine = select(PaymentPart).where(col(PaymentPart.intent_id) == intent_id).order_by(col(PaymentPart.order_id))
    return list(await session.scalars(mine.execution_options(populate_existing=True)))


async def disputes_of(session: AsyncSession, intent_id: UUID) -> list[Dispute]:
    mine = select(Dispute).where(col(Dispute.intent_id) == intent_id).order_by(col(Dispute.id))
    return list(await session.scalars(mine.execution_options(populate_existing=True)))


async def undecided_of(session: AsyncSession, intent_id: UUID) -> Dispute | None:
    """The dispute on which the payer's bank has still to decide."""
    found = (dispute for dispute in await disputes_of(session, intent_id) if dispute.is_undecided)
    return next(found, None)


async def evidence_of(session: AsyncSession, dispute_id: UUID) -> list[Evidence]:
    """What both sides have said, the first first."""
    return list(await session.scalars(select(Evidence).where(col(Evidence.dispute_id) == dispute_id).order_by(col(Evidence.id))))


async def evidence_by(session: AsyncSession, person_id: UUID) -> list[Evidence]:
    """What a person has said in disputes."""
    return list(await session.scalars(select(Evidence).where(col(Evidence.author_id) == person_id).order_by(col(Evidence.id))))


async def has_disputes(session: AsyncSession, intent_id: UUID) -> bool:
    """Whether a bank ever disputed the payment."""
    return bool(await session.scalar(select(exists().where(col(Dispute.intent_id) == intent_id))))


async def lost_to_banks(session: AsyncSession, intent_id: UUID) -> int:
    """What banks gave back to the payer for good, in rupiah, whoever bears it."""
    lost = select(func.coalesce(func.sum(col(Dispute.amount)), 0)).where(col(Dispute.intent_id) == intent_id)
    return int(await session.scalar(lost.where(col(Dispute.state) == DisputeState.LOST)) or 0)


async def is_in_dispute(session: AsyncSession, intent_id: UUID) -> bool:
    """Whether a bank has still to decide on the payment."""
    undecided = exists().where(col(Dispute.intent_id) == intent_id, col(Dispute.state).in_(UNDECIDED))
    return bool(await session.scalar(select(undecided)))


async def reversed_of(session: AsyncSession, transfer_id: UUID) -> int:
    """What was, or is being, taken back of a transfer."""
    row = Reversal
    query = select(func.coalesce(func.sum(col(row.amount)), 0))
    return int(await session.scalar(query.where(col(row.transfer_id) == transfer_id, col(row.state) != ReversalState.FAILED)) or 0)


async def coming_back(session: AsyncSession, storefront_id: UUID) -> int:
    """What is being taken back from a seller's account right now: a debt that pays itself and is not netted as well."""
    row = Reversal
    query = select(func.coalesce(func.sum(col(row.amount)), 0))
    return int(await session.scalar(query.where(col(row.storefront_id) == storefront_id, col(row.state) == ReversalState.PENDING)) or 0)


async def balance(session: AsyncSession, key: Key) -> int:
    """What is in a pot, in whole rupiah."""
    query = select(func.coalesce(func.sum(col(LedgerEntry.amount)), 0)).join(
        LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id)
    )
    return int(await session.scalar(query.where(col(LedgerAccount.kind) == key[0], col(LedgerAccount.owner) == key[1])) or 0)


async def locked_balance(session: AsyncSession, key: Key) -> int:
    """The same, while nobody else may decide on it; the sum is a statement of its own and sees what the last holder committed."""
    lock = select(col(LedgerAccount.id)).where(col(LedgerAccount.kind) == key[0], col(LedgerAccount.owner) == key[1])
    await session.execute(lock.with_for_update(key_share=True))
    return await balance(session, key)


async def held_for_seller(session: AsyncSession, storefront_id: UUID) -> int:
    """What a shop is owed and what is on its way to its bank, in whole rupiah."""
    return sum([await balance(session, (pot, str(storefront_id))) for pot in (Pot.SELLER, Pot.IN_TRANSIT, Pot.TRANSFERRED)])


async def balances(session: AsyncSession) -> Balances:
    """All pots that are not empty: (book, (kind, owner)) -> whole rupiah."""
    rows = await session.execute(
        text("""SELECT a.book, a.kind, a.owner, sum(e.amount)::bigint FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
                GROUP BY a.id HAVING sum(e.amount) <> 0 ORDER BY a.book, a.kind, a.owner""")
    )
    return {(book, (kind, owner)): amount for book, kind, owner, amount in rows}


async def refunds_of(session: AsyncSession, intent_id: UUID) -> list[Refund]:
    return list(await session.scalars(select(Refund).where(col(Refund.intent_id) == intent_id).order_by(col(Refund.id))))


async def refund_by_id(session: AsyncSession, refund_id: UUID) -> Refund:
    found = await session.get(Refund, refund_id)
    if found is None:
        raise NoSuchPayment
    return found


async def dispute_by_id(session: AsyncSession, dispute_id: UUID) -> Dispute:
    found = await session.get(Dispute, dispute_id)
    if found is None:
        raise NoSuchPayment
    return found


async def reversal_for(session: AsyncSession, refund_id: UUID) -> Reversal | None:
    found: Reversal | None = await session.scalar(select(Reversal).where(col(Reversal.refund_id) == refund_id))
    return found


async def reversals_of(
    session: AsyncSession, *, refund_id: UUID | None = None, dispute_id: UUID | None = None, transfer_id: UUID | None = None
) -> list[Reversal]:
    """What is taken back for one refund, or for one dispute (of one transfer, when it is named)."""
    row = Reversal
    mine = select(row).where(col(row.refund_id) == refund_id if refund_id else col(row.dispute_id) == dispute_id)
    mine = mine.where(col(row.transfer_id) == transfer_id) if transfer_id else mine
    return list(await session.scalars(mine.order_by(col(row.id)).execution_options(populate_existing=True)))


async def is_void(session: AsyncSession, reversal: Reversal) -> bool:
    """Whether what it was made for came to nothing: its refund failed, or its dispute was won after all."""
    if reversal.refund_id is not None:
        return await session.scalar(select(col(Refund.state)).where(col(Refund.id) == reversal.refund_id)) == RefundState.FAILED
    return await session.scalar(select(col(Dispute.state)).where(col(Dispute.id) == reversal.dispute_id)) == DisputeState.WON


async def given_back(session: AsyncSession, reversal_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(col(Transfer.reversal_id) == reversal_id))))


async def last_provider_check(session: AsyncSession) -> ProviderCheck | None:
    newest = select(ProviderCheck).order_by(col(ProviderCheck.wanted_at).desc(), col(ProviderCheck.id).desc()).limit(1)
    found: ProviderCheck | None = await session.scalar(newest)
    return found


async def wanted_provider_check(session: AsyncSession) -> ProviderCheck | None:
    found: ProviderCheck | None = await session.scalar(select(ProviderCheck).where(col(ProviderCheck.state) == CheckState.WANTED))
    return found


async def seller_account(session: AsyncSession, storefront_id: UUID) -> SellerAccount | None:
    """What is known of a shop's account at the provider; None when nobody has asked for one yet."""
    return await session.get(SellerAccount, storefront_id)


async def sellers_to_sweep(session: AsyncSession, limit: int) -> list[SellerAccount]:
    """Sellers' accounts whose events were not read for longest."""
    row = SellerAccount
    query = (
        select(row).where(col(row.provider_account).is_not(None)).order_by(col(row.swept_at).asc().nulls_first(), col(row.storefront_id))
    )
    return list(await session.scalars(query.limit(limit)))
