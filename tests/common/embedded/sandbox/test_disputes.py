"""Disputes as Stripe has them: what a list shows, what evidence is taken, and when a charge can be refunded again."""

import asyncio
from typing import Any

import pytest
import stripe

from tests.common.embedded.sandbox.make import RP_50_000, Sandbox, balance, paid


async def disputed(sandbox: Sandbox, **how: Any) -> Any:
    intent = await paid(sandbox)
    await sandbox.door(f"dispute/{intent.id}", **how)
    (found,) = (await sandbox.v1.disputes.list_async({"payment_intent": intent.id})).data
    return found


async def refused(sandbox: Sandbox, dispute: Any, params: Any) -> str | None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        await sandbox.v1.disputes.update_async(dispute.id, params)
    return error.value.code


async def test_a_list_and_a_charge_show_the_balance_transactions_of_a_dispute(sandbox: Sandbox) -> None:
    dispute = await disputed(sandbox)
    assert [txn.amount for txn in dispute.balance_transactions] == [-RP_50_000]
    assert dispute.balance_transactions[0].reporting_category == "dispute"
    charge = await sandbox.v1.charges.retrieve_async(str(dispute.charge), {"expand": ["dispute"]})
    assert [txn["amount"] for txn in charge.to_dict()["dispute"]["balance_transactions"]] == [-RP_50_000]


async def test_evidence_is_staged_then_submitted_once(sandbox: Sandbox) -> None:
    dispute = await disputed(sandbox)
    staged = await sandbox.v1.disputes.update_async(dispute.id, {"evidence": {"product_description": "Songkolo"}, "submit": False})
    assert (staged.status, staged.evidence_details.has_evidence, staged.evidence_details.submission_count) == ("needs_response", True, 0)
    sent = await sandbox.v1.disputes.update_async(dispute.id, {"evidence": {"uncategorized_text": "Diterima."}})
    assert (sent.status, sent.evidence_details.submission_count, sent.evidence.product_description) == ("under_review", 1, "Songkolo")
    assert await refused(sandbox, dispute, {"evidence": {"uncategorized_text": "Lagi."}}) == "dispute_evidence_submitted"


@pytest.mark.parametrize(
    ("evidence", "code"),
    [({"nonsense": "x"}, "parameter_unknown"), ({"receipt": "file_0"}, "resource_missing"),
     ({"uncategorized_text": "a" * 20_001}, "parameter_invalid_string")],
)  # fmt: skip
async def test_evidence_that_stripe_does_not_take_is_refused(sandbox: Sandbox, evidence: dict[str, str], code: str) -> None:
    assert await refused(sandbox, await disputed(sandbox), {"evidence": evidence}) == code


async def test_silence_until_the_deadline_loses(sandbox: Sandbox) -> None:
    dispute = await disputed(sandbox, seconds=0.2)
    async with asyncio.timeout(8):
        while (found := await sandbox.v1.disputes.retrieve_async(dispute.id)).status != "lost":
            await asyncio.sleep(0.05)
    assert found.evidence_details.past_due is True
    assert await refused(sandbox, dispute, {"evidence": {"uncategorized_text": "Terlambat."}}) == "dispute_closed"


async def test_an_inquiry_takes_nothing_and_lets_the_charge_be_refunded(sandbox: Sandbox) -> None:
    dispute = await disputed(sandbox, inquiry=True)
    assert (dispute.status, dispute.is_charge_refundable, dispute.balance_transactions) == ("warning_needs_response", True, [])
    assert await balance(sandbox) == RP_50_000
    assert (await sandbox.v1.refunds.create_async({"charge": str(dispute.charge)})).status == "succeeded"


async def test_a_part_may_be_disputed_and_what_was_won_may_be_refunded(sandbox: Sandbox) -> None:
    dispute = await disputed(sandbox, amount=1_000_000)
    assert (dispute.amount, await balance(sandbox)) == (1_000_000, RP_50_000 - 1_000_000)
    with pytest.raises(stripe.InvalidRequestError) as error:
        await sandbox.v1.refunds.create_async({"charge": str(dispute.charge)})
    assert error.value.code == "charge_disputed"
    await sandbox.door(f"decide/{dispute.id}", won=True)
    assert (await sandbox.v1.refunds.create_async({"charge": str(dispute.charge)})).status == "succeeded"
    assert await balance(sandbox) == 0


async def test_a_lost_dispute_may_be_reinstated_later(sandbox: Sandbox) -> None:
    dispute = await disputed(sandbox)
    await sandbox.door(f"decide/{dispute.id}", won=False)
    await sandbox.door(f"decide/{dispute.id}", won=True)
    found = await sandbox.v1.disputes.retrieve_async(dispute.id)
    assert (found.status, [txn.amount for txn in found.balance_transactions]) == ("won", [-RP_50_000, RP_50_000])
    events = (await sandbox.v1.events.list_async({"type": "charge.dispute.*"})).data
    assert [event.type.rpartition(".")[2] for event in events] == [
        "funds_reinstated", "closed", "closed", "funds_withdrawn", "created",
    ]  # fmt: skip
