"""Accounts, transfers, reversals, payouts, refunds and disputes: what was taken goes on, comes back, and is never more than there was."""

import asyncio
from typing import Any

import pytest
import stripe

from tests.common.embedded.sandbox.make import RP_50_000, Sandbox, balance, code_of, paid, seller


async def sent(sandbox: Sandbox, to: str, amount: int, **more: Any) -> Any:
    return await sandbox.v1.transfers.create_async({"amount": amount, "currency": "idr", "destination": to, **more})


def counted(tries: list[Any]) -> int:
    return sum(not isinstance(tried, Exception) for tried in tries)


async def test_an_account_is_made_changed_and_deleted(sandbox: Sandbox) -> None:
    account = await sandbox.v1.accounts.create_async({
        "country": "ID", "email": "daeng@contoh.example", "metadata": {"person": "7"},
        "controller": {"fees": {"payer": "application"}, "losses": {"payments": "application"}, "stripe_dashboard": {"type": "express"}},
        "capabilities": {"transfers": {"requested": True}},
    })  # fmt: skip
    assert account.id[:5] == "acct_"
    assert [found.id for found in (await sandbox.v1.accounts.list_async()).data] == [account.id]
    changed = await sandbox.v1.accounts.update_async(account.id, {"metadata": {"person": "8"}})
    assert (changed.metadata["person"], changed.email) == ("8", "daeng@contoh.example")
    assert (await sandbox.v1.accounts.delete_async(account.id)).deleted is True


async def test_a_transfer_moves_money_and_a_reversal_brings_it_back(sandbox: Sandbox) -> None:
    account, intent = await seller(sandbox), await paid(sandbox, transfer_group="PSN-1")
    transfer = await sent(sandbox, account, 4_500_000, source_transaction=intent.latest_charge, metadata={"order": "PSN-1"})
    assert (transfer.id[:3], transfer.transfer_group, transfer.destination, transfer.reversed) == ("tr_", "PSN-1", account, False)
    assert (await balance(sandbox), await balance(sandbox, account)) == (500_000, 4_500_000)
    part = await sandbox.v1.transfers.reversals.create_async(transfer.id, {"amount": 1_000_000})
    assert (part.id[:4], part.transfer) == ("trr_", transfer.id)
    after = await sandbox.v1.transfers.retrieve_async(transfer.id)
    assert (after.amount_reversed, after.reversed, [item.id for item in after.reversals.data]) == (1_000_000, False, [part.id])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.transfers.reversals.create_async(transfer.id, {"amount": 3_500_001})
    assert code_of(refused.value) == (400, "amount_too_large")
    await sandbox.v1.transfers.reversals.create_async(transfer.id)
    assert (await sandbox.v1.transfers.retrieve_async(transfer.id)).reversed is True
    assert (await balance(sandbox), await balance(sandbox, account)) == (RP_50_000, 0)
    found = await sandbox.v1.transfers.list_async({"transfer_group": "PSN-1"})
    assert [item.id for item in found.data] == [transfer.id]


async def test_no_more_is_transferred_than_the_charge_took_even_by_twenty_at_once(sandbox: Sandbox) -> None:
    account, intent = await seller(sandbox), await paid(sandbox)
    await paid(sandbox)  # another order's money lies beside and is not touched
    tries = await asyncio.gather(
        *(sent(sandbox, account, 1_000_000, source_transaction=intent.latest_charge) for _ in range(20)), return_exceptions=True
    )
    assert (counted(tries), await balance(sandbox, account)) == (5, RP_50_000)


async def test_no_more_is_transferred_than_the_balance_holds(sandbox: Sandbox) -> None:
    account = await seller(sandbox)
    await paid(sandbox)
    tries = await asyncio.gather(*(sent(sandbox, account, 2_000_000) for _ in range(10)), return_exceptions=True)
    assert (counted(tries), await balance(sandbox)) == (2, 1_000_000)
    assert {tried.code for tried in tries if isinstance(tried, stripe.InvalidRequestError)} == {"balance_insufficient"}


async def test_a_refund_is_whole_or_in_part_and_never_more_than_is_left(sandbox: Sandbox) -> None:
    intent = await paid(sandbox)
    part = await sandbox.v1.refunds.create_async({"payment_intent": intent.id, "amount": 2_000_000, "reason": "requested_by_customer"})
    assert (part.id[:3], part.status, part.charge) == ("re_", "succeeded", intent.latest_charge)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.refunds.create_async({"charge": intent.latest_charge, "amount": 3_000_001})
    assert code_of(refused.value) == (400, "amount_too_large")
    assert (await sandbox.v1.refunds.create_async({"charge": intent.latest_charge})).amount == 3_000_000
    charge = await sandbox.v1.charges.retrieve_async(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded, await balance(sandbox)) == (True, RP_50_000, 0)
    with pytest.raises(stripe.InvalidRequestError) as again:
        await sandbox.v1.refunds.create_async({"payment_intent": intent.id})
    assert again.value.code == "charge_already_refunded"
    assert len((await sandbox.v1.refunds.list_async({"payment_intent": intent.id})).data) == 2


async def test_twenty_refunds_at_once_give_back_no_more_than_was_taken(sandbox: Sandbox) -> None:
    intent = await paid(sandbox)
    params = {"payment_intent": intent.id, "amount": 2_000_000}
    tries = await asyncio.gather(*(sandbox.v1.refunds.create_async(params) for _ in range(20)), return_exceptions=True)
    assert (counted(tries), await balance(sandbox)) == (2, 1_000_000)


async def test_what_is_only_held_is_not_refunded(sandbox: Sandbox) -> None:
    intent = await paid(sandbox, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.refunds.create_async({"payment_intent": intent.id})
    assert refused.value.code == "charge_not_refundable"


async def test_a_reversal_needs_the_sellers_balance(sandbox: Sandbox) -> None:
    account, intent = await seller(sandbox), await paid(sandbox)
    transfer = await sent(sandbox, account, 1_000_000, source_transaction=intent.latest_charge)
    await sandbox.v1.payouts.create_async({"amount": 600_000, "currency": "idr"}, {"stripe_account": account})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.transfers.reversals.create_async(transfer.id)
    assert refused.value.code == "balance_insufficient"
    assert (await sandbox.v1.transfers.reversals.create_async(transfer.id, {"amount": 400_000})).amount == 400_000


async def payout_is(sandbox: Sandbox, account: str, id_: str, status: str) -> Any:
    async with asyncio.timeout(30):
        while (found := await sandbox.v1.payouts.retrieve_async(id_, options={"stripe_account": account})).status != status:
            await asyncio.sleep(0.05)
    return found


async def test_a_payout_arrives_and_may_still_fail_later(sandbox: Sandbox) -> None:
    account, intent = await seller(sandbox), await paid(sandbox)
    await sent(sandbox, account, 1_000_000, source_transaction=intent.latest_charge)
    await sandbox.misbehave(payout_failure=1, payout_failure_seconds=1)
    payout = await sandbox.v1.payouts.create_async({"amount": 1_000_000, "currency": "idr"}, {"stripe_account": account})
    assert (payout.id[:3], payout.status, await balance(sandbox, account)) == ("po_", "pending", 0)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.payouts.create_async({"amount": 1, "currency": "idr"}, {"stripe_account": account})
    assert refused.value.code == "balance_insufficient"
    failed = await payout_is(sandbox, account, payout.id, "failed")
    assert (failed.failure_code, await balance(sandbox, account)) == ("account_closed", 1_000_000)
    types = [event.type for event in (await sandbox.v1.events.list_async({"type": "payout.*"}, {"stripe_account": account})).data]
    assert types == ["payout.failed", "payout.paid", "payout.created"]


@pytest.mark.parametrize(
    ("evidence", "status", "left"), [("winning_evidence", "won", RP_50_000), ("losing_evidence", "lost", 0), (None, "lost", 0)]
)
async def test_a_dispute_takes_the_money_until_it_is_won(sandbox: Sandbox, evidence: str | None, status: str, left: int) -> None:
    intent = await paid(sandbox, payment_method="pm_card_createDispute")
    async with asyncio.timeout(30):
        while not (found := (await sandbox.v1.disputes.list_async({"payment_intent": intent.id})).data):
            await asyncio.sleep(0.02)
    dispute = found[0]
    assert (dispute.status, dispute.amount, await balance(sandbox)) == ("needs_response", RP_50_000, 0)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.refunds.create_async({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"
    if evidence:
        done = await sandbox.v1.disputes.update_async(dispute.id, {"evidence": {"uncategorized_text": evidence}, "submit": True})
    else:
        done = await sandbox.v1.disputes.close_async(dispute.id)
    assert (done.status, len(done.balance_transactions), await balance(sandbox)) == (status, 2 if status == "won" else 1, left)
