"""Checkout Sessions through the official library, and their page as a person meets it."""

import asyncio
import time
from typing import Any

import httpx
import pytest
import stripe

from tests.common.embedded.sandbox.make import RP_50_000, Receiver, Sandbox, balance, code_of

SUCCESS, CANCEL = "http://shop.example/kembali?sesi={CHECKOUT_SESSION_ID}", "http://toko.example/batal"
LINE = {"price_data": {"currency": "idr", "unit_amount": RP_50_000 // 2, "product_data": {"name": "Songkolo"}}, "quantity": 2}


def asked(**more: Any) -> dict[str, Any]:
    data = {"metadata": {"order": "PSN-1"}, "transfer_group": "PSN-1", "description": "20 porsi <songkolo>"}
    params: dict[str, Any] = {"mode": "payment", "line_items": [LINE], "success_url": SUCCESS, "cancel_url": CANCEL}
    return params | {"payment_intent_data": data, "client_reference_id": "PSN-1", "metadata": {"ours": "1"}} | more


async def opened(sandbox: Sandbox, **more: Any) -> Any:
    return await sandbox.v1.checkout.sessions.create_async(asked(**more))


async def read(sandbox: Sandbox, id_: str) -> Any:
    return await sandbox.v1.checkout.sessions.retrieve_async(id_, {"expand": ["payment_intent.latest_charge"]})


async def test_a_session_is_open_without_a_payment_until_the_person_submits(sandbox: Sandbox) -> None:
    session = await opened(sandbox)
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.payment_method_types) == (RP_50_000, "idr", ["card", "qris"])
    assert session.url == f"{sandbox.url}/c/{session.id}"
    assert abs(session.expires_at - time.time() - 24 * 3600) < 10
    assert (await sandbox.http.get(session.url)).status_code == 200
    assert (await sandbox.v1.payment_intents.list_async()).data == []
    (await sandbox.door(f"pay/{session.id}", method="card")).raise_for_status()
    done = await read(sandbox, session.id)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    intent = done.payment_intent
    assert (intent.status, intent.metadata.to_dict(), intent.transfer_group) == ("succeeded", {"order": "PSN-1"}, "PSN-1")
    assert (intent.latest_charge.metadata.to_dict(), await balance(sandbox)) == ({"order": "PSN-1"}, RP_50_000)
    found = await sandbox.v1.checkout.sessions.list_async({"payment_intent": intent.id})
    assert [one.id for one in found.data] == [session.id]
    (line,) = (await sandbox.v1.checkout.sessions.line_items.list_async(session.id)).data
    assert (line.description, line.quantity, line.price.unit_amount) == ("Songkolo", 2, RP_50_000 // 2)


async def test_a_declined_card_leaves_the_session_open_for_another(sandbox: Sandbox) -> None:
    session = await opened(sandbox)
    assert (await sandbox.door(f"pay/{session.id}", method="card", number="4000000000009995")).status_code == 402
    first = await read(sandbox, session.id)
    assert (first.status, first.payment_intent.last_payment_error.decline_code) == ("open", "insufficient_funds")
    await sandbox.door(f"pay/{session.id}", method="card")
    second = await read(sandbox, session.id)
    assert (second.status, second.payment_intent.id) == ("complete", first.payment_intent.id)
    assert (await sandbox.door(f"pay/{session.id}", method="card")).status_code == 400
    assert await balance(sandbox) == RP_50_000


async def test_an_expired_session_takes_its_payment_with_it_and_a_complete_one_cannot_expire(sandbox: Sandbox) -> None:
    session = await opened(sandbox)
    await sandbox.door(f"pay/{session.id}", method="card", number="4000000000003220")
    intent = (await read(sandbox, session.id)).payment_intent
    with pytest.raises(stripe.InvalidRequestError):
        await sandbox.v1.payment_intents.cancel_async(intent.id)
    gone = await sandbox.v1.checkout.sessions.expire_async(session.id, {"expand": ["payment_intent"]})
    assert (gone.status, gone.payment_status, gone.payment_intent.status, gone.url) == ("expired", "unpaid", "canceled", None)
    assert (await sandbox.door(f"pay/{session.id}", method="card")).status_code == 400
    paid = await opened(sandbox)
    await sandbox.door(f"pay/{paid.id}", method="qris")
    for id_ in (session.id, paid.id):
        with pytest.raises(stripe.InvalidRequestError):
            await sandbox.v1.checkout.sessions.expire_async(id_)
    assert await balance(sandbox) == RP_50_000


async def test_of_expiry_and_payment_at_once_exactly_one_wins(sandbox: Sandbox) -> None:
    sessions = [await opened(sandbox) for _ in range(10)]
    for session in sessions:
        await asyncio.gather(
            sandbox.door(f"pay/{session.id}", method="card"),
            sandbox.v1.checkout.sessions.expire_async(session.id),
            return_exceptions=True,
        )
    ends = [(await read(sandbox, session.id)).payment_status for session in sessions]
    assert await balance(sandbox) == ends.count("paid") * RP_50_000


async def test_sessions_tell_what_becomes_of_them(telling: Sandbox, receiver: Receiver) -> None:
    paid, gone, late, refused = [await opened(telling) for _ in range(4)]
    await telling.door(f"pay/{paid.id}", method="card")
    await telling.door(f"expire/{gone.id}")
    await telling.misbehave(delayed=1, delayed_seconds=0.05)
    await telling.door(f"pay/{late.id}", method="qris")
    await receiver.until(lambda got: "checkout.session.async_payment_succeeded" in got.types)
    await telling.misbehave(delayed=1, delayed_seconds=0.05, delayed_failure=1)
    await telling.door(f"pay/{refused.id}", method="qris")
    await receiver.until(lambda got: "checkout.session.async_payment_failed" in got.types)
    kept = (await telling.v1.events.list_async({"type": "checkout.session.*"})).data[::-1]
    assert [(event.type.rpartition(".")[2], event.data.object.id, event.data.object.payment_status) for event in kept] == [
        ("completed", paid.id, "paid"),
        ("expired", gone.id, "unpaid"),
        ("completed", late.id, "unpaid"),
        ("async_payment_succeeded", late.id, "paid"),
        ("completed", refused.id, "unpaid"),
        ("async_payment_failed", refused.id, "unpaid"),
    ]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"expires_at": 1}, "expires_at"),
        ({"expires_at": int(time.time()) + 25 * 3600}, "expires_at"),
        ({"mode": "subscription"}, "mode"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [LINE | {"quantity": 0}]}, "quantity"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"payment_method_types": ["cash"]}, "payment_method_types"),
        ({"payment_intent_data": {"amount": 1}}, "payment_intent_data[amount]"),
        ({"locale": "bugis"}, "locale"),
    ],
)
async def test_a_malformed_session_is_refused(sandbox: Sandbox, more: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await opened(sandbox, **more)
    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert (await sandbox.v1.checkout.sessions.list_async()).data == []


async def test_one_key_opens_one_session_also_when_the_answer_got_lost(sandbox: Sandbox) -> None:
    await sandbox.misbehave(error_after_work=1)
    params, key = asked(), {"idempotency_key": "order-1"}
    with pytest.raises(stripe.APIError):
        await sandbox.v1.checkout.sessions.create_async(params, key)
    answers = await asyncio.gather(*(sandbox.v1.checkout.sessions.create_async(params, key) for _ in range(10)))
    assert len({answer.id for answer in answers}) == 1
    with pytest.raises(stripe.IdempotencyError) as other:
        await sandbox.v1.checkout.sessions.create_async(asked(locale="id"), key)
    assert code_of(other.value) == (400, None)


async def test_a_person_pays_by_card_and_is_led_to_the_shop(sandbox: Sandbox) -> None:
    session = await opened(sandbox)
    page = await sandbox.http.get(session.url)
    assert "20 porsi &lt;songkolo&gt;" in page.text
    assert "form-action 'self' http://shop.example http://toko.example;" in page.headers["content-security-policy"]
    declined = await sandbox.http.post(session.url, data={"deed": "card", "number": "4000000000000002"})
    assert (declined.status_code, "Kartu ditolak" in declined.text) == (402, True)
    paid = await sandbox.http.post(session.url, data={"deed": "card", "number": "4242 4242 4242 4242"})
    assert (paid.status_code, paid.headers["location"]) == (303, f"http://shop.example/kembali?sesi={session.id}")
    assert "Pembayaran berhasil." in (await sandbox.http.get(session.url)).text
    again = await sandbox.http.post(session.url, data={"deed": "card", "number": "4242 4242 4242 4242"})
    assert (again.status_code, await balance(sandbox)) == (409, RP_50_000)


@pytest.mark.parametrize(("deed", "status"), [("approve", 303), ("reject", 402)])
async def test_three_d_secure_stands_between(sandbox: Sandbox, deed: str, status: int) -> None:
    session = await opened(sandbox)
    sent = await sandbox.http.post(session.url, data={"deed": "card", "number": "4000000000003220"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/c/{session.id}")
    assert "Bukan saya, tolak" in (await sandbox.http.get(session.url)).text
    assert (await sandbox.http.post(session.url, data={"deed": deed})).status_code == status
    assert (await read(sandbox, session.id)).status == ("complete" if deed == "approve" else "open")


async def test_a_person_pays_by_qris_or_turns_back(sandbox: Sandbox) -> None:
    session = await opened(sandbox, locale="en")
    await sandbox.http.post(session.url, data={"deed": "code"})
    shown = await sandbox.http.get(session.url)
    assert '<html lang="en">' in shown.text
    picture = httpx.URL(shown.text.split('class="code" src="')[1].split('"')[0].replace("&amp;", "&"))
    assert (await sandbox.http.get(picture)).headers["content-type"] == "image/svg+xml"
    away = await sandbox.http.post(session.url, data={"deed": "decline"})
    assert (away.headers["location"], (await read(sandbox, session.id)).status) == (CANCEL, "open")
    await sandbox.http.post(session.url, data={"deed": "code"})
    paid = await sandbox.http.post(session.url, data={"deed": "scanned"})
    assert paid.headers["location"] == f"http://shop.example/kembali?sesi={session.id}"


async def test_a_session_whose_time_is_over_says_so_and_a_stranger_sees_nothing(sandbox: Sandbox) -> None:
    session = await opened(sandbox)
    await sandbox.door(f"expire/{session.id}")
    page = await sandbox.http.get(session.url)
    assert "Pembayaran ini sudah ditutup." in page.text
    assert (await sandbox.http.post(session.url, data={"deed": "card", "number": "4242424242424242"})).status_code == 409
    for path in ("/c/", "/c/cs_test_none"):
        assert (await sandbox.http.get(path)).status_code == 404
