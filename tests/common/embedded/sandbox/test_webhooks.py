"""Events and their deliveries to a real server that checks every signature with the official library."""

import asyncio
import time
from pathlib import Path

import pytest
import stripe

from common.embedded.sandbox.clerk import signature
from tests.common.embedded.sandbox.make import RP_50_000, SECRET, Receiver, Sandbox, balance, kill, paid, running, seller

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


async def test_a_payment_is_told_with_a_signature_that_the_library_accepts(telling: Sandbox, receiver: Receiver) -> None:
    intent = await paid(telling, metadata={"order": "PSN-1"})
    await receiver.until(lambda got: len(got.events) == 3)
    assert sorted(receiver.types) == sorted(PAID)
    event = next(event for event in receiver.events if event.type == "payment_intent.succeeded")
    assert (event.data.object.id, event.data.object.metadata["order"], event.livemode) == (intent.id, "PSN-1", False)
    assert [event.type for event in (await telling.v1.events.list_async()).data] == PAID[::-1]
    assert (await telling.v1.events.retrieve_async(event.id)).data.object.amount == RP_50_000


def test_a_changed_body_an_other_secret_or_an_old_moment_is_no_signature() -> None:
    body = b'{"id": "evt_1", "object": "event"}'
    header = signature("whsec_a", body)
    assert stripe.WebhookSignature.verify_header(body.decode(), header, "whsec_a", 300)
    for sent, secret, with_ in (
        (body + b" ", "whsec_a", header),
        (body, "whsec_b", header),
        (body, "whsec_a", signature("whsec_a", body, int(time.time()) - 301)),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(sent.decode(), with_, secret, 300)


async def test_every_kind_of_event_that_the_market_handles_is_told(telling: Sandbox, receiver: Receiver) -> None:
    account = await seller(telling)
    intent = await paid(telling, capture_method="manual")
    await telling.v1.payment_intents.capture_async(intent.id)
    transfer = await telling.v1.transfers.create_async({"amount": 1_000_000, "currency": "idr", "destination": account})
    await telling.v1.transfers.reversals.create_async(transfer.id, {"amount": 400_000})
    await telling.v1.refunds.create_async({"payment_intent": intent.id, "amount": 100_000})
    await telling.v1.payouts.create_async({"amount": 600_000, "currency": "idr"}, {"stripe_account": account})
    assert (await telling.door(f"dispute/{intent.id}")).json()["disputed"] is True
    await telling.v1.payment_intents.cancel_async((await paid(telling, payment_method="pm_card_threeDSecure2Required")).id)
    await telling.door(f"deauthorize/{account}")
    wanted = {
        *("account.updated", "capability.updated", "account.application.deauthorized"),
        *(
            "payment_intent.amount_capturable_updated",
            "payment_intent.succeeded",
            "payment_intent.requires_action",
            "payment_intent.canceled",
        ),
        *("charge.captured", "charge.refunded", "charge.dispute.created", "charge.dispute.funds_withdrawn", "refund.created"),
        *("transfer.created", "transfer.reversed", "payout.created", "payout.paid"),
    }
    await receiver.until(lambda got: wanted <= set(got.types))
    assert {event.account for event in receiver.events if event.type.startswith("payout.")} == {account}


async def test_a_receiver_that_fails_is_tried_again_with_growing_pauses(telling: Sandbox, receiver: Receiver) -> None:
    receiver.status = 500
    await paid(telling)
    await receiver.until(lambda got: got.refused >= 6)
    receiver.status = 200
    await receiver.until(lambda got: len(got.events) == 3)
    assert set(receiver.times().values()) == {1}


async def test_duplicates_come_as_often_as_was_asked(telling: Sandbox, receiver: Receiver) -> None:
    await telling.misbehave(duplicate=1, duplicates=3)
    await paid(telling)
    await receiver.until(lambda got: len(got.events) == 9)
    assert list(receiver.times().values()) == [3, 3, 3]


async def test_disorder_lets_later_events_overtake_and_loses_none(telling: Sandbox, receiver: Receiver) -> None:
    await telling.misbehave(seed=7, disorder=1, disorder_seconds=1)
    for _ in range(4):
        await paid(telling)
    await receiver.until(lambda got: len(got.events) == 12)
    made = [event.id async for event in (await telling.v1.events.list_async({"limit": 100})).auto_paging_iter()][::-1]
    assert sorted(made) == sorted(event.id for event in receiver.events)
    assert made != [event.id for event in receiver.events]


async def test_what_is_lost_at_first_comes_late_and_what_is_lost_forever_is_only_in_the_list(telling: Sandbox, receiver: Receiver) -> None:
    await telling.misbehave(lose_first=1)
    began = time.monotonic()
    await paid(telling)
    await receiver.until(lambda got: len(got.events) == 3)
    assert time.monotonic() - began > 0.9
    await telling.misbehave(lose_forever=1)
    await paid(telling)
    await asyncio.sleep(1.5)
    assert (len(receiver.events), len((await telling.v1.events.list_async()).data)) == (3, 6)


async def test_the_same_seed_makes_the_same_mischief(tmp_path: Path) -> None:
    courses = []
    for name in ("one", "two"):
        async with running(tmp_path / name, "--seed", "5", "--misbehave", '{"decline": 0.5, "three_d_secure": 0.3}') as sandbox:
            for _ in range(12):
                await sandbox.v1.payment_intents.create_async({"amount": RP_50_000, "currency": "idr"})
            ids = [intent.id for intent in (await sandbox.v1.payment_intents.list_async({"limit": 100})).data]
            courses.append([(await sandbox.door(f"pay/{id_}", method="card")).status_code for id_ in ids])
    assert courses[0] == courses[1]
    assert set(courses[0]) == {200, 402}


async def test_an_endpoint_hears_what_it_asked_for_with_its_own_secret(sandbox: Sandbox, receiver: Receiver) -> None:
    endpoint = await sandbox.v1.webhook_endpoints.create_async({"url": receiver.url, "enabled_events": ["refund.created", "payout.paid"]})
    assert (endpoint.id[:3], endpoint.secret[:6]) == ("we_", "whsec_")
    assert not hasattr((await sandbox.v1.webhook_endpoints.list_async()).data[0], "secret")
    receiver.secret = endpoint.secret
    await sandbox.v1.refunds.create_async({"payment_intent": (await paid(sandbox)).id})
    await receiver.until(lambda got: got.types == ["refund.created"])
    assert (await sandbox.v1.webhook_endpoints.delete_async(endpoint.id)).deleted is True
    await sandbox.v1.refunds.create_async({"payment_intent": (await paid(sandbox)).id})
    await asyncio.sleep(0.3)
    assert receiver.types == ["refund.created"]


async def test_only_an_endpoint_for_connected_accounts_hears_of_them(sandbox: Sandbox, receiver: Receiver) -> None:
    params = {"url": receiver.url, "enabled_events": ["*"], "connect": True}
    receiver.secret = (await sandbox.v1.webhook_endpoints.create_async(params)).secret
    await paid(sandbox)
    account = await seller(sandbox)
    await receiver.until(lambda got: len(got.events) == 2)
    assert sorted(receiver.types) == ["account.updated", "capability.updated"]
    assert {event.account for event in receiver.events} == {account}


async def test_two_hundred_payments_are_told_each_once(telling: Sandbox, receiver: Receiver) -> None:
    await asyncio.gather(*(paid(telling) for _ in range(200)))
    await receiver.until(lambda got: len(got.events) >= 600, 30)
    assert set(receiver.times().values()) == {1}
    assert await balance(telling) == 200 * RP_50_000


async def test_after_a_kill_nothing_answered_is_lost_and_pending_webhooks_are_delivered(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status = 500
    words = ("--webhook-url", receiver.url, "--webhook-secret", SECRET)
    async with running(tmp_path, *words) as before:
        intents = await asyncio.gather(*(paid(before) for _ in range(10)))
        kept = await before.v1.refunds.create_async({"payment_intent": intents[0].id}, {"idempotency_key": "refund-1"})
        await kill(before)
    assert receiver.events == []
    receiver.status = 200
    async with running(tmp_path, *words) as after:
        found = [intent.id for intent in (await after.v1.payment_intents.list_async({"limit": 100})).data]
        assert sorted(found) == sorted(intent.id for intent in intents)
        again = await after.v1.refunds.create_async({"payment_intent": intents[0].id}, {"idempotency_key": "refund-1"})
        assert (again.id, await balance(after)) == (kept.id, 9 * RP_50_000)
        await receiver.until(lambda got: len(got.times()) == 32)


async def test_only_programs_of_this_machine_may_use_the_doors_for_tests(sandbox: Sandbox) -> None:
    form = await sandbox.http.post("/sandbox/reset", data={"a": "b"})
    assert form.status_code == 415
    wrong = await sandbox.door("misbehave", declines=1)
    assert (wrong.status_code, "decline" in wrong.json()["error"]["message"]) == (400, True)
    await paid(sandbox)
    assert (await sandbox.door("reset")).json() == {"reset": True}
    assert (await balance(sandbox), (await sandbox.v1.events.list_async()).data) == (0, [])
