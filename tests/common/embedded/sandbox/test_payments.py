"""The life of a payment intent, through the official library."""

import asyncio
from typing import Any

import pytest
import stripe

from tests.common.embedded.sandbox.make import RP_50_000, Sandbox, balance, code_of, paid


async def opened(sandbox: Sandbox, **more: Any) -> Any:
    return await sandbox.v1.payment_intents.create_async({"amount": RP_50_000, "currency": "idr", **more})


async def test_a_card_pays_at_once_and_the_money_is_in_the_balance(sandbox: Sandbox) -> None:
    intent = await paid(sandbox, metadata={"order": "PSN-1"}, transfer_group="PSN-1", expand=["latest_charge.balance_transaction"])
    assert (intent.status, intent.amount_received, intent.metadata["order"]) == ("succeeded", RP_50_000, "PSN-1")
    assert intent.id.startswith("pi_")
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    charge = intent.latest_charge
    assert (charge.id[:3], charge.paid, charge.captured, charge.transfer_group) == ("ch_", True, True, "PSN-1")
    assert (charge.balance_transaction.amount, charge.balance_transaction.fee, charge.balance_transaction.source) == (
        RP_50_000,
        0,
        charge.id,
    )
    assert await balance(sandbox) == RP_50_000


async def test_an_intent_is_opened_changed_and_confirmed_later(sandbox: Sandbox) -> None:
    intent = await opened(sandbox, metadata={"a": "1", "b": "2"})
    assert (intent.status, intent.payment_method_types, intent.latest_charge) == ("requires_payment_method", ["card"], None)
    changed = await sandbox.v1.payment_intents.update_async(intent.id, {"amount": 200_000, "metadata": {"a": "", "c": "3"}})
    assert (changed.amount, changed.metadata.to_dict()) == (200_000, {"b": "2", "c": "3"})
    done = await sandbox.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    assert (done.status, done.amount_received) == ("succeeded", 200_000)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    assert code_of(refused.value) == (400, "payment_intent_unexpected_state")


async def test_a_declined_card_leaves_its_traces_and_another_card_pays(sandbox: Sandbox) -> None:
    intent = await opened(sandbox)
    with pytest.raises(stripe.CardError) as declined:
        await sandbox.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"})
    error = declined.value.error
    assert error is not None
    assert (code_of(declined.value), error.decline_code) == ((402, "card_declined"), "insufficient_funds")
    after = await sandbox.v1.payment_intents.retrieve_async(intent.id)
    assert (after.status, after.last_payment_error.decline_code) == ("requires_payment_method", "insufficient_funds")
    assert (await sandbox.v1.charges.retrieve_async(after.latest_charge)).status == "failed"
    number = {"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}}
    assert (await sandbox.v1.payment_intents.confirm_async(intent.id, {"payment_method_data": number})).status == "succeeded"
    assert [charge.status for charge in (await sandbox.v1.charges.list_async({"payment_intent": intent.id})).data] == [
        "succeeded",
        "failed",
    ]
    assert await balance(sandbox) == RP_50_000


@pytest.mark.parametrize(
    ("number", "code"),
    [("4000000000000069", "expired_card"), ("4242424242424241", "incorrect_number"), ("4111111111111111", "card_declined")],
)
async def test_other_numbers_are_declined_each_for_its_reason(sandbox: Sandbox, number: str, code: str) -> None:
    intent = await opened(sandbox)
    with pytest.raises(stripe.CardError) as declined:
        await sandbox.v1.payment_intents.confirm_async(intent.id, {"payment_method_data": {"type": "card", "card": {"number": number}}})
    assert code_of(declined.value) == (402, code)


@pytest.mark.parametrize(("captured", "left"), [(None, RP_50_000), (200_000, 200_000)])
async def test_a_held_amount_is_captured_whole_or_in_part(sandbox: Sandbox, captured: int | None, left: int) -> None:
    intent = await paid(sandbox, capture_method="manual")
    assert (intent.status, intent.amount_capturable, await balance(sandbox)) == ("requires_capture", RP_50_000, 0)
    params = {"amount_to_capture": captured} if captured else {}
    done = await sandbox.v1.payment_intents.capture_async(intent.id, params)
    assert (done.status, done.amount_received, done.amount_capturable, done.amount) == ("succeeded", left, 0, RP_50_000)
    assert await balance(sandbox) == left
    with pytest.raises(stripe.InvalidRequestError):
        await sandbox.v1.payment_intents.capture_async(intent.id)


async def test_no_more_is_captured_than_was_held_and_ten_captures_at_once_are_one(sandbox: Sandbox) -> None:
    intent = await paid(sandbox, capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.payment_intents.capture_async(intent.id, {"amount_to_capture": RP_50_000 + 1})
    assert code_of(refused.value) == (400, "amount_too_large")
    tries = await asyncio.gather(*(sandbox.v1.payment_intents.capture_async(intent.id) for _ in range(10)), return_exceptions=True)
    assert sum(not isinstance(tried, Exception) for tried in tries) == 1
    assert await balance(sandbox) == RP_50_000


async def test_a_held_amount_is_let_go(sandbox: Sandbox) -> None:
    intent = await paid(sandbox, capture_method="manual")
    done = await sandbox.v1.payment_intents.cancel_async(intent.id, {"cancellation_reason": "abandoned"})
    assert (done.status, done.cancellation_reason, done.amount_capturable) == ("canceled", "abandoned", 0)
    with pytest.raises(stripe.InvalidRequestError):
        await sandbox.v1.payment_intents.capture_async(intent.id)
    assert await balance(sandbox) == 0


async def test_what_is_paid_cannot_be_cancelled(sandbox: Sandbox) -> None:
    intent = await paid(sandbox)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.payment_intents.cancel_async(intent.id)
    assert code_of(refused.value) == (400, "payment_intent_unexpected_state")


@pytest.mark.parametrize("approve", [True, False])
async def test_three_d_secure_sends_the_person_to_a_page(sandbox: Sandbox, approve: bool) -> None:
    intent = await paid(sandbox, payment_method="pm_card_threeDSecure2Required", return_url="http://shop.example/kembali")
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    assert intent.next_action.redirect_to_url.url.startswith(f"{sandbox.url}/3ds/{intent.id}?client_secret=")
    answer = await sandbox.door(f"pay/{intent.id}", method="3ds", approve=approve)
    after = await sandbox.v1.payment_intents.retrieve_async(intent.id)
    if approve:
        assert (answer.status_code, after.status, after.next_action) == (200, "succeeded", None)
    else:
        assert (answer.status_code, after.status) == (402, "requires_payment_method")
        assert after.last_payment_error.code == "payment_intent_authentication_failure"


async def test_qris_shows_a_code_that_somebody_scans(sandbox: Sandbox) -> None:
    intent = await opened(sandbox, payment_method_types=["qris"], confirm=True, payment_method_data={"type": "qris"})
    assert (intent.status, intent.next_action.type) == ("requires_action", "qris_display_qr_code")
    code = intent.next_action.qris_display_qr_code
    assert code.data.startswith("00020101021226")
    assert "5303360" in code.data
    assert "540550000" in code.data
    picture = await sandbox.http.get(code.image_url)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    answer = await sandbox.door(f"pay/{intent.id}", method="qris")
    assert (answer.json()["status"], answer.json()["amount_received"]) == ("succeeded", RP_50_000)
    charge = await sandbox.v1.charges.retrieve_async(answer.json()["latest_charge"])
    assert charge.payment_method_details.type == "qris"


async def test_a_code_that_nobody_scans_runs_out(sandbox: Sandbox) -> None:
    options = {"qris": {"expires_after_seconds": 1}}
    intent = await opened(sandbox, payment_method_types=["qris"], payment_method_options=options, confirm=True, payment_method="pm_qris")
    async with asyncio.timeout(30):
        while (after := await sandbox.v1.payment_intents.retrieve_async(intent.id)).status == "requires_action":
            await asyncio.sleep(0.05)
    assert (after.status, after.last_payment_error.code) == ("requires_payment_method", "payment_intent_payment_attempt_expired")
    late = await sandbox.door(f"pay/{intent.id}", method="decline")
    assert late.status_code == 402
    assert await balance(sandbox) == 0


async def test_qris_is_never_held_and_never_more_than_ten_million(sandbox: Sandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await opened(sandbox, payment_method_types=["qris"], capture_method="manual")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await opened(sandbox, payment_method_types=["qris"], amount=1_000_000_001)
    assert code_of(refused.value) == (400, "amount_too_large")


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 99_999, "currency": "idr"}, "amount_too_small", "amount"),
        ({"amount": 10**12, "currency": "idr"}, "amount_too_large", "amount"),
        ({"currency": "idr"}, "parameter_missing", "amount"),
        ({"amount": 200_000}, "parameter_missing", "currency"),
        ({"amount": "12.5", "currency": "idr"}, "parameter_invalid_integer", "amount"),
        ({"amount": 200_000, "currency": "idr", "confirm": True}, "parameter_missing", "payment_method"),
        ({"amount": 200_000, "currency": "idr", "payment_method": "pm_none"}, "resource_missing", "payment_method"),
    ],
)
async def test_a_malformed_intent_is_refused_and_leaves_no_trace(sandbox: Sandbox, params: dict[str, Any], code: str, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await sandbox.v1.payment_intents.create_async(params)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert (await sandbox.v1.payment_intents.list_async()).data == []


async def test_lists_are_paged_newest_first(sandbox: Sandbox) -> None:
    ids = [(await opened(sandbox)).id for _ in range(5)]
    first = await sandbox.v1.payment_intents.list_async({"limit": 2})
    assert ([intent.id for intent in first.data], first.has_more) == ([ids[4], ids[3]], True)
    every = [intent.id async for intent in first.auto_paging_iter()]
    assert every == ids[::-1]
    before = await sandbox.v1.payment_intents.list_async({"limit": 2, "ending_before": ids[0]})
    assert ([intent.id for intent in before.data], before.has_more) == ([ids[2], ids[1]], True)
    late = await sandbox.v1.payment_intents.list_async({"created": {"gt": first.data[0].created}})
    assert late.data == []


async def test_without_a_key_or_with_an_unknown_id_nothing_is_told(sandbox: Sandbox) -> None:
    assert (await sandbox.http.get("/v1/balance")).status_code == 401
    assert (await sandbox.http.get("/v1/balance", auth=("sk_test_basic", ""))).status_code == 200
    with pytest.raises(stripe.InvalidRequestError) as missing:
        await sandbox.v1.payment_intents.retrieve_async("pi_none")
    assert code_of(missing.value) == (404, "resource_missing")
    with pytest.raises(stripe.PermissionError):
        await sandbox.v1.balance.retrieve_async(options={"stripe_account": "acct_none"})
