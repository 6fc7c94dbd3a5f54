"""Keys: one object however often it is asked for, also when the answer got lost or is still under way."""

import asyncio
from typing import Any

import pytest
import stripe

from tests.common.embedded.sandbox.make import RP_50_000, Sandbox, balance, code_of, paid

PARAMS: Any = {"amount": RP_50_000, "currency": "idr", "confirm": True, "payment_method": "pm_card_visa"}


async def pay(sandbox: Sandbox, key: str, **more: Any) -> Any:
    return await sandbox.v1.payment_intents.create_async({**PARAMS, **more}, {"idempotency_key": key})


async def test_the_same_key_gets_the_same_answer_and_says_so(sandbox: Sandbox) -> None:
    first = await pay(sandbox, "order-1")
    assert "Idempotent-Replayed" not in first.last_response.headers
    again = await pay(sandbox, "order-1")
    assert (again.id, again.last_response.headers["Idempotent-Replayed"]) == (first.id, "true")
    assert await balance(sandbox) == RP_50_000


async def test_the_same_key_with_other_parameters_is_refused(sandbox: Sandbox) -> None:
    await pay(sandbox, "order-1")
    with pytest.raises(stripe.IdempotencyError) as refused:
        await pay(sandbox, "order-1", amount=RP_50_000 + 100)
    assert code_of(refused.value) == (400, None)
    with pytest.raises(stripe.IdempotencyError):
        await sandbox.v1.accounts.create_async({"country": "ID"}, {"idempotency_key": "order-1"})


async def test_twenty_creates_at_once_with_one_key_make_one_object(sandbox: Sandbox) -> None:
    answers = await asyncio.gather(*(pay(sandbox, "order-1") for _ in range(20)))
    assert len({answer.id for answer in answers}) == 1
    assert len((await sandbox.v1.payment_intents.list_async()).data) == 1
    assert await balance(sandbox) == RP_50_000


async def test_while_the_first_is_under_way_the_others_are_told_to_wait(sandbox: Sandbox) -> None:
    await sandbox.misbehave(slow=1, slow_seconds=0.5)
    tries = await asyncio.gather(*(pay(sandbox, "order-1") for _ in range(20)), return_exceptions=True)
    done = [tried for tried in tries if not isinstance(tried, BaseException)]
    waiting = [tried.http_status for tried in tries if isinstance(tried, stripe.StripeError)]
    assert (len(done), waiting) == (1, [409] * 19)
    assert (await pay(sandbox, "order-1")).id == done[0].id


async def test_an_answer_that_got_lost_after_the_work_is_found_by_its_key(sandbox: Sandbox) -> None:
    await sandbox.misbehave(error_after_work=1)
    with pytest.raises(stripe.APIError) as lost:
        await pay(sandbox, "order-1")
    assert lost.value.http_status == 500
    found = await pay(sandbox, "order-1")
    assert (found.status, await balance(sandbox)) == ("succeeded", RP_50_000)


async def test_a_decline_is_remembered_and_a_malformed_request_is_not(sandbox: Sandbox) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            await pay(sandbox, "order-1", payment_method="pm_card_chargeDeclined")
    assert len((await sandbox.v1.payment_intents.list_async()).data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        await pay(sandbox, "order-2", amount=1)
    assert (await pay(sandbox, "order-2")).status == "succeeded"


async def test_a_refusal_is_remembered_too(sandbox: Sandbox) -> None:
    intent = await paid(sandbox)
    params: Any = {"payment_intent": intent.id, "amount": RP_50_000 + 1}
    for replayed in (None, "true"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await sandbox.v1.refunds.create_async(params, {"idempotency_key": "refund-1"})
        headers: Any = refused.value.headers
        assert headers.get("Idempotent-Replayed") == replayed


async def test_keys_of_two_accounts_do_not_meet(sandbox: Sandbox) -> None:
    account = await sandbox.v1.accounts.create_async({"country": "ID"})
    mine = await pay(sandbox, "order-1")
    theirs = await sandbox.v1.payment_intents.create_async(PARAMS, {"idempotency_key": "order-1", "stripe_account": account.id})
    assert mine.id != theirs.id
    assert (await balance(sandbox), await balance(sandbox, account.id)) == (RP_50_000, RP_50_000)
