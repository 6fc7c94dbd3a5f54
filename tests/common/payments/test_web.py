"""Payments as people and programs meet them: pages, JSON, and the door for messages."""

import asyncio
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from common.actor import Role
from common.db import hot, unit_of_work
from common.payments import queries, service
from common.payments.models import Intent, IntentState
from common.payments.service import sweeping
from tests.common.identity import make as people
from tests.common.payments import make
from tests.common.payments.conftest import Sandbox, paying_at, running
from tests.conftest import RunJobs


async def payer_of(client: httpx.AsyncClient, amount: int = 100_000) -> Intent:
    """An intent whose payer is signed in at `client`."""
    async with unit_of_work() as session:
        payer = await people.person(session)
        await people.enter(session, client, payer)
        intent = await make.opened(session, amount=amount)
        intent.payer_id = payer.id
        return intent


async def operator_at(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        await people.enter(session, client, await people.holder(session, Role.OPERATOR))


async def token_in(client: httpx.AsyncClient, path: str) -> str:
    text = (await client.get(path)).text
    return text.split('name="_csrf" value="')[1].split('"')[0]


def signed(event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    body, stamp = json.dumps(event), int(time.time())
    mark = stripe.WebhookSignature._compute_signature(f"{stamp}.{body}", "whsec_sandbox")
    return body.encode(), {"stripe-signature": f"t={stamp},v1={mark}", "content-type": "application/json"}


async def test_the_payer_goes_to_the_pay_page_and_comes_back_paid(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    intent = await payer_of(client, 25_000)
    shown = await client.get(f"/bayar/{intent.id}")
    assert shown.status_code == 200
    assert "Rp25.000" in shown.text
    assert "Bayar sebelum" in shown.text
    token = await token_in(client, f"/bayar/{intent.id}")
    sent = await client.post(f"/bayar/{intent.id}", data={"_csrf": token})
    assert sent.status_code == 303
    assert sent.headers["location"].startswith(f"{sandbox.address}/c/cs_test_")
    async with unit_of_work() as session:
        ref = (await queries.by_id(session, intent.id)).provider_ref
    await sandbox.pay(str(ref))
    back = await client.get(f"/bayar/{intent.id}/kembali")
    assert "Sudah dibayar" in back.text
    assert "data-every" not in back.text
    assert "Bayar sebelum" not in back.text
    assert await make.pots() == {"outside:payers": -25_000, f"arrived:{intent.id}": 25_000}


async def test_the_page_speaks_english(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    intent = await payer_of(client)
    assert "Pay by card or QRIS" in (await client.get(f"/bayar/{intent.id}?bahasa=en")).text


async def test_a_closed_payment_says_so_and_starts_no_more(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    intent = await payer_of(client)
    token = await token_in(client, f"/bayar/{intent.id}")
    async with unit_of_work() as session:
        await service.cancel_intent(session, intent.id)
    closed = (await client.get(f"/bayar/{intent.id}")).text
    assert "Ditutup" in closed
    assert "Bayar sebelum" not in closed
    assert (await client.post(f"/bayar/{intent.id}", data={"_csrf": token})).status_code == 410


async def test_nobody_else_learns_of_a_payment(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    intent = await payer_of(client)
    await payer_of(client)
    for answer in (
        await client.get(f"/bayar/{intent.id}"),
        await client.get(f"/bayar/{intent.id}/kembali"),
        await client.get(f"/api/v1/payments/{intent.id}"),
    ):
        assert answer.status_code == 404
    assert (await sandbox.call("GET", "checkout/sessions"))["data"] == []


async def test_a_program_starts_and_reads_a_payment(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        payer = await people.person(session)
        intent = await make.opened(session, amount=40_000)
        intent.payer_id = payer.id
        headers = await people.bearer(session, payer, "orders:read", "orders:write")
    started = await client.post(f"/api/v1/payments/{intent.id}/start", headers=headers)
    assert started.status_code == 200, started.text
    assert started.json()["kind"] == "redirect"
    shown = (await client.get(f"/api/v1/payments/{intent.id}", headers=headers)).json()
    assert (shown["state"], shown["amount"], shown["refunded"]) == ("started", 40_000, 0)


async def test_the_operator_sees_books_that_sum_to_zero(database: None, client: httpx.AsyncClient) -> None:
    await payer_of(client)
    assert (await client.get("/operator/buku-besar")).status_code == 403
    assert (await client.get("/api/v1/ledger/balance")).status_code == 403
    async with unit_of_work() as session:
        await make.held(session, (60_000, 3_000), (40_000, 2_000))
    await operator_at(client)
    assert "Jumlah semua akun buku besar nol, dari 3 transaksi." in (await client.get("/operator/buku-besar")).text
    assert "held" in (await client.get("/operator/buku-besar/akun")).text
    answer = (await client.get("/api/v1/ledger/balance")).json()
    assert (answer["sum"], answer["transactions"]) == (0, 3)
    assert {"book": "market", "kind": "held", "amount": 100_000} in answer["kinds"]
    first = await client.get("/api/v1/ledger/transactions?limit=2")
    second = await client.get(f"/api/v1/ledger/transactions?limit=2&cursor={first.json()['next']}")
    assert [len(page.json()["items"]) for page in (first, second)] == [2, 1]
    assert len((await client.get("/api/v1/ledger/accounts")).json()["items"]) == 4


OBJECT = {"id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 1, "amount_received": 1}
ODD = {
    "a list": b"[]", "a word": b'"evt"', "nothing": b"null", "no JSON": b"{", "deep": b"[" * 50_000,
    "no type": b'{"id": "evt_1", "data": {"object": {}}}',
    "no data": b'{"id": "evt_1", "type": "a"}', "an id that is none": b'{"id": {"a": 1}, "type": "a", "data": {"object": {}}}',
    "no text as type": b'{"id": "evt_1", "type": 7, "data": {"object": {}}}', "a list inside": b'{"id": "evt_1", "type": "a", "data": []}',
    "NUL": b'{"id": "evt_1", "type": "a\\u0000", "data": {"object": {}}}', "not UTF-8": b"\xff\xfe",
    "endless": b'{"id": "evt_1", "type": "a", "data": {"object": {"amount": 1e999}}}',
    "no number": b'{"id": "evt_1", "type": "a", "data": {"object": {"amount": NaN}}}',
    "huge": b'{"id": "evt_1", "type": "a", "data": {"object": {"amount": ' + b"9" * 40 + b"}}}",
    "thousands of digits": b'{"id": "evt_1", "type": "a", "data": {"object": {"amount": ' + b"9" * 9_000 + b"}}}",
}  # fmt: skip


def signed_bytes(body: bytes) -> dict[str, str]:
    stamp = int(time.time())
    mark = hmac.new(b"whsec_sandbox", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={stamp},v1={mark}", "content-type": "application/json"}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_a_signed_message_that_is_none_is_refused_and_not_kept(sandbox: Sandbox, client: httpx.AsyncClient, body: bytes) -> None:
    assert (await client.post("/webhooks/stripe", content=body, headers=signed_bytes(body))).status_code == 400
    async with hot() as connection:
        assert await connection.fetchval("SELECT count(*) FROM webhook_inbox") == 0


@pytest.mark.parametrize(
    ("kind", "about"),
    [("never.heard", {"a": [1]}), ("payment_intent.succeeded", {}), ("payment_intent.succeeded", OBJECT | {"amount_received": 2**62})],
    ids=["of an unknown type", "without its fields", "of a huge sum"],
)
async def test_a_signed_message_that_says_little_is_kept(
    sandbox: Sandbox, client: httpx.AsyncClient, run_jobs: RunJobs, kind: str, about: dict[str, Any]
) -> None:
    """What cannot be merged waits for an operator among the failed jobs; the provider hears no."""
    body, headers = signed({"id": "evt_8", "object": "event", "type": kind, "data": {"object": about}})
    assert (await client.post("/webhooks/stripe", content=body, headers=headers)).text == "kept"
    await run_jobs(failing=True)


async def test_a_message_is_kept_seen_and_read_again(sandbox: Sandbox, client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    body, headers = signed({"id": "evt_7", "object": "event", "type": "invoice.paid", "data": {"object": {}}})
    answers = await asyncio.gather(*(client.post("/webhooks/stripe", content=body, headers=headers) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert sorted(answer.text for answer in answers) == ["kept"] + ["known"] * 9
    assert (await client.post("/webhooks/stripe", content=body + b" ", headers=headers)).status_code == 400
    await run_jobs()
    await operator_at(client)
    page = await client.get("/operator/webhook")
    assert "evt_7" in page.text
    assert "Diabaikan" in page.text
    token = page.text.split('name="_csrf" value="')[1].split('"')[0]
    assert (await client.post("/operator/webhook/evt_7/ulang", data={"_csrf": token})).status_code == 303
    assert await run_jobs() == 1
    assert (await client.get("/api/v1/webhook-messages")).json()["items"][0]["state"] == "ignored"


async def test_messages_of_a_rude_provider_end_in_the_right_books(server: str, run_jobs: RunJobs, tmp_path: Path) -> None:
    rude = {"duplicate": 1, "duplicates": 3, "disorder": 0.8, "disorder_seconds": 0.3, "lose_forever": 0.2, "seed": 7}
    words = ("--webhook-url", f"{server}/webhooks/stripe", "--misbehave", json.dumps(rude))
    with running(tmp_path, *words) as address:
        async with paying_at(address) as sandbox:
            intents = []
            for _ in range(12):
                async with unit_of_work() as session:
                    intents.append(await make.opened(session, amount=10_000))
            await asyncio.gather(*(service.start(intent.id, "http://testserver/") for intent in intents))
            for intent in intents:
                async with unit_of_work() as session:
                    ref = (await queries.by_id(session, intent.id)).provider_ref
                await sandbox.pay(str(ref))
            await asyncio.sleep(1.0)
            await run_jobs()
            await sweeping.read_missed()
            await run_jobs()
            assert await make.pots() == {"outside:payers": -120_000, **{f"arrived:{intent.id}": 10_000 for intent in intents}}
            async with unit_of_work() as session:
                states = {(await queries.by_id(session, intent.id)).state for intent in intents}
            assert states == {IntentState.SUCCEEDED}
