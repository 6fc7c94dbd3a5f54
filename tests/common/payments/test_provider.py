"""Money through the real sandbox: the official client, its HTTP, its events; who tells us, when and how often, is up to each test."""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import stripe
from sqlalchemy import text

from common import clock, events
from common.db import unit_of_work
from common.events import PaymentSucceeded
from common.ids import uuid7
from common.payments import queries, service
from common.payments.errors import AlreadyPaid, BadSignature, PaymentOver
from common.payments.facts import ProviderEvent
from common.payments.models import Intent, IntentState, Refund, RefundState, TransferState, WebhookMessage
from common.payments.postings import seller_of
from common.payments.service import Part, inbox, sweeping
from tests.common.payments import make
from tests.common.payments.conftest import Sandbox
from tests.conftest import RunJobs

BACK = "http://testserver/bayar/kembali"


async def opened_and_started(amount: int = 100_000, minutes: int = 15) -> Intent:
    async with unit_of_work() as session:
        intent = await make.opened(session, amount=amount, minutes=minutes)
    await service.start(intent.id, BACK)
    return await reread(intent.id)


async def reread(intent_id: UUID) -> Intent:
    async with unit_of_work() as session:
        return await queries.by_id(session, intent_id)


async def session_of(sandbox: Sandbox, intent: Intent) -> dict[str, Any]:
    return await sandbox.call("GET", f"checkout/sessions/{intent.provider_ref}")


async def tell_all(found: list[dict[str, Any]]) -> None:
    for event in found:
        await inbox.keep(ProviderEvent(event["id"], event["type"], event))


async def paid_and_held(sandbox: Sandbox, run_jobs: RunJobs, amount: int = 100_000, commission: int = 5_000) -> tuple[Intent, Part]:
    intent = await opened_and_started(amount)
    await sandbox.pay(str(intent.provider_ref))
    await tell_all(await sandbox.events())
    await run_jobs()
    part = Part(uuid7(), uuid7(), amount, commission)
    async with unit_of_work() as session:
        await service.hold_for_sellers(session, intent.id, [part])
    return intent, part


async def test_thirty_starts_at_once_open_one_payment(sandbox: Sandbox) -> None:
    async with unit_of_work() as session:
        intent = await make.opened(session)
    actions = await asyncio.gather(*(service.start(intent.id, f"{BACK}?{number}") for number in range(30)))
    assert len(set(actions)) == 1
    assert actions[0].kind == "redirect"
    assert actions[0].url.startswith(f"{sandbox.address}/c/cs_test_")
    assert len((await sandbox.call("GET", "checkout/sessions"))["data"]) == 1
    assert (await sandbox.call("GET", "payment_intents"))["data"] == []


async def test_the_provider_is_asked_for_a_hundred_sen_a_rupiah(sandbox: Sandbox) -> None:
    intent = await opened_and_started(25_000)
    assert (await session_of(sandbox, intent))["amount_total"] == 2_500_000


async def test_a_payment_told_twice_and_backwards_arrives_once(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started(25_000)
    await sandbox.pay(str(intent.provider_ref))
    told = await sandbox.events()
    await tell_all([*told[::-1], *told])
    await run_jobs()
    assert (await reread(intent.id)).state == IntentState.SUCCEEDED
    assert await make.pots() == {"outside:payers": -25_000, f"arrived:{intent.id}": 25_000}
    with pytest.raises(AlreadyPaid):
        await service.start(intent.id, BACK)


async def test_a_declined_card_leaves_the_payment_open_for_another_try(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref), number="4000000000009995")
    await tell_all(await sandbox.events())
    await run_jobs()
    intent = await reread(intent.id)
    assert (intent.state, intent.last_error) == (IntentState.STARTED, "insufficient_funds")
    assert await make.pots() == {}
    await sandbox.pay(str(intent.provider_ref))
    await service.look_again(intent.id)
    assert (await reread(intent.id)).state == IntentState.SUCCEEDED


async def test_the_seller_gets_the_money_less_commission(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    _, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    assert await make.pots() == {
        "outside:payers": -100_000,
        "commission:platform": 5_000,
        f"transferred:{part.storefront_id}": 95_000,
    }
    (transfer,) = (await sandbox.call("GET", "transfers"))["data"]
    assert (transfer["amount"], transfer["transfer_group"]) == (
        9_500_000,
        str((await sandbox.call("GET", "charges"))["data"][0]["transfer_group"]),
    )
    await tell_all([*await sandbox.events()] * 2)
    await run_jobs()
    assert await make.differences() == []


async def test_a_refund_after_the_transfer_takes_the_sellers_share_back_first(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    _, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    async with unit_of_work() as session:
        await service.refund(session, order_id=part.order_id, amount=40_000, reason="rusak")
    await run_jobs()
    assert await make.pots() == {
        "outside:payers": -60_000,
        "commission:platform": 3_000,
        f"transferred:{part.storefront_id}": 57_000,
    }
    (transfer,) = (await sandbox.call("GET", "transfers"))["data"]
    assert transfer["amount_reversed"] == 3_800_000
    await tell_all((await sandbox.events())[::-1])
    await run_jobs()
    assert (await make.pots())["outside:payers"] == -60_000
    assert await make.differences() == []


async def test_a_seller_who_was_paid_out_owes_the_refund(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    _, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    (account,) = (await sandbox.call("GET", "accounts"))["data"]
    payout = await sandbox.call("POST", "payouts", account["id"], amount="9500000", currency="idr")
    async with unit_of_work() as session:
        await service.refund(session, order_id=part.order_id, amount=100_000, reason="rusak")
    await run_jobs()
    async with unit_of_work() as session:
        assert await queries.balance(session, seller_of(part.storefront_id)) == -95_000
    payout = await _until(sandbox, payout["id"], account["id"], "paid")
    await tell_all(await sandbox.events(account["id"]))
    await run_jobs()
    assert await make.pots() == {f"bank:{part.storefront_id}": 95_000, f"seller:{part.storefront_id}": -95_000}
    assert await make.differences() == []


async def test_a_payout_that_fails_after_it_was_paid_comes_back_whatever_came_first(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    await sandbox.do("misbehave", payout_failure=1, payout_failure_seconds=0.1)
    _, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    (account,) = (await sandbox.call("GET", "accounts"))["data"]
    payout = await sandbox.call("POST", "payouts", account["id"], amount="9500000", currency="idr")
    await _until(sandbox, payout["id"], account["id"], "failed")
    await tell_all((await sandbox.events(account["id"]))[::-1])
    await run_jobs()
    assert (await make.pots())[f"transferred:{part.storefront_id}"] == 95_000
    assert "payout.paid" in [event["type"] for event in await sandbox.events(account["id"])]
    assert await make.differences() == []


async def test_a_refund_that_fails_after_it_succeeded_may_be_made_again(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    await sandbox.do("misbehave", refund_failure=1, refund_failure_seconds=0.05)
    intent, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        refund = await service.refund(session, order_id=part.order_id, amount=100_000, reason="batal")
    await run_jobs()
    for _ in range(600):
        if "refund.failed" in [event["type"] for event in await sandbox.events()]:
            break
        await asyncio.sleep(0.05)
    await tell_all((await sandbox.events())[::-1])
    await run_jobs()
    assert await make.pots() == {"outside:payers": -100_000, f"held:{part.order_id}": 100_000}
    async with unit_of_work() as session:
        assert (await session.get_one(Refund, refund.id)).state == RefundState.FAILED
    await sandbox.do("misbehave")
    async with unit_of_work() as session:
        await service.refund(session, order_id=part.order_id, amount=100_000, reason="batal")
    await run_jobs()
    assert await make.pots() == {}
    assert (await reread(intent.id)).refunded == 100_000


async def test_a_refund_made_at_the_provider_by_other_hands_is_booked(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, part = await paid_and_held(sandbox, run_jobs)
    await sandbox.call("POST", "refunds", payment_intent=str((await reread(intent.id)).payment_ref), amount="1000000")
    await tell_all([event for event in await sandbox.events() if event["type"] == "charge.refunded"])
    await run_jobs()
    assert await make.pots() == {"outside:payers": -90_000, f"unplanned:{intent.id}": -10_000, f"held:{part.order_id}": 100_000}
    assert await make.differences() == []


@pytest.mark.parametrize("evidence", ["winning_evidence", ""])
async def test_a_dispute_moves_the_money_and_its_end_decides(sandbox: Sandbox, run_jobs: RunJobs, evidence: str) -> None:
    intent, part = await paid_and_held(sandbox, run_jobs)
    await sandbox.do("dispute", str(intent.provider_ref))
    (dispute,) = (await sandbox.call("GET", "disputes"))["data"]
    await tell_all(await sandbox.events())
    await run_jobs()
    assert (await make.pots())[f"disputed:{intent.id}"] == -100_000
    if evidence:
        await sandbox.call("POST", f"disputes/{dispute['id']}", **{"evidence[uncategorized_text]": evidence, "submit": "true"})
    else:
        await sandbox.call("POST", f"disputes/{dispute['id']}/close")
    await tell_all((await sandbox.events())[::-1])
    await run_jobs()
    assert await make.pots() == ({"outside:payers": -100_000, f"held:{part.order_id}": 100_000} if evidence else {})
    assert await make.differences() == []


async def test_a_dispute_that_is_told_before_any_word_of_its_payment_heals_without_a_sweep(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref))
    await sandbox.do("dispute", str(intent.provider_ref))
    await tell_all([event for event in await sandbox.events() if event["type"].startswith("charge.dispute.")])
    await run_jobs()
    assert await make.pots() == {f"arrived:{intent.id}": 100_000, f"disputed:{intent.id}": -100_000}
    assert await states_of_messages() == {"done"}


async def test_a_single_early_word_of_a_dispute_is_read_again_when_its_payment_is_known(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref))
    await sandbox.do("dispute", str(intent.provider_ref))
    told = await sandbox.events()
    early = [event for event in told if event["type"] == "charge.dispute.funds_withdrawn"]
    async with unit_of_work() as session:
        for event in early:
            await inbox.keep(ProviderEvent(event["id"], event["type"], event))
            await inbox.merge_message(session, event["id"])
        assert (await session.get_one(WebhookMessage, early[0]["id"])).state == "parked"
        await session.execute(text("DELETE FROM outbox WHERE job = 'payments.look'"))  # nobody looks: the payment's own word must do
    await tell_all([event for event in told if event["type"] == "payment_intent.succeeded"])
    await run_jobs()
    assert (await make.pots())[f"disputed:{intent.id}"] == -100_000
    assert await states_of_messages() == {"done"}


async def test_a_dispute_of_somebody_elses_payment_is_ignored_once_the_provider_says_so(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    paying = {"amount": "5000000", "currency": "idr", "confirm": "true", "payment_method": "pm_card_createDispute"}
    await sandbox.call("POST", "payment_intents", **paying, **{"payment_method_types[]": "card"})
    for _ in range(100):
        if told := [event for event in await sandbox.events() if event["type"].startswith("charge.dispute.")]:
            break
        await asyncio.sleep(0.05)
    await tell_all(told)
    await run_jobs()
    assert await make.pots() == {}
    assert await states_of_messages() == {"ignored"}


async def states_of_messages() -> set[str]:
    async with unit_of_work() as session:
        return set(await session.scalars(text("SELECT state FROM webhook_inbox")))


async def test_an_expired_payment_is_closed_at_the_provider_first(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        await sweeping.sweep_intents()
        await run_jobs()
    assert (await reread(intent.id)).state == IntentState.CLOSED
    assert (await session_of(sandbox, intent))["status"] == "expired"
    with pytest.raises(PaymentOver):
        await service.start(intent.id, BACK)


async def test_a_payment_that_was_made_before_the_cancelling_counts(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref))
    async with unit_of_work() as session:
        await service.cancel_intent(session, intent.id)
    await run_jobs()
    assert (await reread(intent.id)).state == IntentState.SUCCEEDED
    assert (await make.pots())[f"arrived:{intent.id}"] == 100_000


async def test_a_success_for_a_closed_purpose_is_refunded_exactly_once(
    sandbox: Sandbox, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"tests.refund_late.{uuid7()}"
    monkeypatch.setitem(events.HEARERS, PaymentSucceeded, [])

    @events.hears(PaymentSucceeded, name)
    async def give_back(session: Any, event: PaymentSucceeded) -> None:
        await service.refund(session, intent_id=event.intent_id, amount=event.amount, reason="terlambat")

    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref))
    told = await sandbox.events()
    await tell_all(told)
    await asyncio.gather(*(service.look_again(intent.id) for _ in range(5)))
    await run_jobs()
    await tell_all(await sandbox.events())
    await run_jobs()
    assert await make.pots() == {}
    (refund,) = (await sandbox.call("GET", "refunds"))["data"]
    assert refund["amount"] == 10_000_000


async def test_what_no_message_told_the_sweep_finds(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, part = await paid_and_held(sandbox, run_jobs)
    other = await opened_and_started(30_000)
    await sandbox.pay(str(other.provider_ref))
    await sandbox.do("dispute", str(intent.provider_ref))
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        await sweeping.sweep_intents()
        await sweeping.read_missed()
        await run_jobs()
    assert (await reread(other.id)).state == IntentState.SUCCEEDED
    assert await make.pots() == {
        "disputed:" + str(intent.id): -100_000,
        f"held:{part.order_id}": 100_000,
        f"arrived:{other.id}": 30_000,
        "outside:payers": -30_000,
    }


async def test_a_lost_answer_to_a_transfer_makes_no_second_one(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    _, part = await paid_and_held(sandbox, run_jobs)
    await service.ensure_seller_account(part.storefront_id)
    await run_jobs()
    await sandbox.do("misbehave", error_after_work=1)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs(failing=True)
    await sandbox.do("misbehave")
    await run_jobs(ahead=timedelta(minutes=1), failing=True)
    assert len((await sandbox.call("GET", "transfers"))["data"]) == 1
    await tell_all(await sandbox.events())
    await run_jobs()
    async with unit_of_work() as session:
        transfer = await queries.transfer_of(session, part.order_id)
        assert transfer is not None
        assert transfer.state == TransferState.SENT


async def test_a_transfer_waits_until_the_seller_may_receive(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    await sandbox.do("reset")
    _, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    assert (await make.pots())[f"in_transit:{part.storefront_id}"] == 95_000
    (account,) = (await sandbox.call("GET", "accounts"))["data"]
    await sandbox.do("onboard", account["id"])
    await tell_all(await sandbox.events(account["id"]))
    await run_jobs()
    assert (await make.pots())[f"transferred:{part.storefront_id}"] == 95_000


async def test_a_message_is_kept_once_and_a_forged_one_not_at_all(sandbox: Sandbox) -> None:
    body = json.dumps({"id": "evt_1", "object": "event", "type": "invoice.paid", "data": {"object": {}}}).encode()
    stamp = int(time.time())
    sign = stripe.WebhookSignature._compute_signature(f"{stamp}.{body.decode()}", "whsec_sandbox")
    headers = {"stripe-signature": f"t={stamp},v1={sign}"}
    with pytest.raises(BadSignature):
        await service.receive(body + b" ", headers)
    kept = await asyncio.gather(*(service.receive(body, headers) for _ in range(20)))
    assert sorted(kept) == [False] * 19 + [True]


async def test_a_message_of_an_unknown_type_is_kept_and_ignored(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    await tell_all([{"id": "evt_2", "type": "invoice.paid", "data": {"object": {}}}])
    await run_jobs()
    async with unit_of_work() as session:
        assert (await session.get_one(WebhookMessage, "evt_2")).state == "ignored"


async def _until(sandbox: Sandbox, payout: str, account: str, status: str) -> dict[str, Any]:
    for _ in range(600):
        found = await sandbox.call("GET", f"payouts/{payout}", account)
        if found["status"] == status:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)
