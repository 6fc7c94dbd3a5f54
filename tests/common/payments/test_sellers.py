"""Sellers' accounts at the provider: the form, what it asks for, what waits for it, and the way to the bank."""

import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import stripe
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common import clock, events
from common.db import unit_of_work
from common.events import SellerAccountChanged
from common.ids import uuid7
from common.payments import movements, queries, service, stuck
from common.payments.errors import BadSignature, Refused
from common.payments.models import PayoutState, SellerAccount
from common.payments.service import Part, accounts, paying_out, sweeping
from common.payments.stripe_adapter import StripeAdapter
from common.settings import get_settings
from tests.common.payments import make
from tests.common.payments.conftest import Sandbox
from tests.common.payments.test_provider import paid_and_held, tell_all
from tests.conftest import RunJobs

WAYS = {"return_url": "http://testserver/kembali", "refresh_url": "http://testserver/lanjut"}
SHOP = """
    INSERT INTO storefronts (id, owner_id, slug, name, about, kelurahan_code, lat, lon, state, machine, version, created_at, moved_at,
                             moved_because)
    VALUES (:id, :owner, 'uji', 'Uji', '', '73.71.01.1001', -5.1, 119.4, 'open', 'storefronts/1', 1, now(), now(), '')"""
"""A shop of somebody whom nobody has confirmed, as it could stand from before that was asked for."""
DOCUMENT = "individual.verification.document"


async def open_link(storefront_id: UUID) -> str:
    return await service.open_link(storefront_id, **WAYS)


async def walk(sandbox: Sandbox, storefront_id: UUID, deed: str) -> str:
    """The seller presses a button of the provider's form; where she is then."""
    form = (await sandbox.http.get(await open_link(storefront_id))).headers["location"]
    return str((await sandbox.http.post(form, data={"deed": deed})).headers["location"])


async def account_of(storefront_id: UUID) -> SellerAccount:
    async with unit_of_work() as session:
        found = await queries.seller_account(session, storefront_id)
        assert found is not None
        return found


async def released(sandbox: Sandbox, run_jobs: RunJobs) -> Part:
    """Money that is the seller's, who has told the provider nothing yet."""
    await sandbox.do("reset")
    _, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    return part


async def balance(storefront_id: UUID) -> movements.SellerBalance:
    async with unit_of_work() as session:
        return await movements.balance_of(session, [storefront_id])


async def test_the_form_is_opened_by_a_new_link_each_time_for_one_account(sandbox: Sandbox) -> None:
    shop = uuid7()
    await sandbox.do("reset")
    first, second = await open_link(shop), await open_link(shop)
    assert first != second
    assert len((await sandbox.call("GET", "accounts"))["data"]) == 1
    await sandbox.http.get(first)
    assert (await sandbox.http.get(first)).headers["location"] == WAYS["refresh_url"]


async def test_coming_back_reads_what_is_true_without_any_message(sandbox: Sandbox) -> None:
    shop = uuid7()
    await sandbox.do("reset")
    assert await walk(sandbox, shop, "leave") == WAYS["return_url"]
    await service.read_account(shop)
    row = await account_of(shop)
    assert (row.details_submitted, row.transfers_enabled, row.requirements["disabled_reason"]) == (False, False, "requirements.past_due")
    assert "external_account" in row.requirements["currently_due"]
    await walk(sandbox, shop, "onboard")
    await service.read_account(shop)
    row = await account_of(shop)
    assert (row.details_submitted, row.transfers_enabled, row.payouts_enabled) == (True, True, True)
    assert row.requirements["currently_due"] == []


@pytest.mark.parametrize(
    ("deed", "transfers", "expected"),
    [
        ("without_bank", True, {"past_due": ["external_account"], "errors": [], "pending_verification": []}),
        ("hand_in", False, {"past_due": [], "errors": [], "pending_verification": [DOCUMENT]}),
        (
            "blurred",
            False,
            {"past_due": [DOCUMENT], "errors": [[DOCUMENT, "verification_document_not_readable"]], "pending_verification": []},
        ),
    ],
)
async def test_what_the_provider_asks_for_is_kept_by_its_own_names(
    sandbox: Sandbox, deed: str, transfers: bool, expected: dict[str, Any]
) -> None:
    shop = uuid7()
    await sandbox.do("reset")
    await walk(sandbox, shop, deed)
    await service.read_account(shop)
    row = await account_of(shop)
    assert (row.transfers_enabled, row.payouts_enabled) == (transfers, False)
    assert {name: row.requirements[name] for name in expected} == expected


async def test_money_waits_for_the_form_and_goes_out_by_the_message_alone(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    part = await released(sandbox, run_jobs)
    assert (await balance(part.storefront_id)).waiting == 95_000
    await walk(sandbox, part.storefront_id, "onboard")
    (account,) = (await sandbox.call("GET", "accounts"))["data"]
    await tell_all(await sandbox.events(account["id"]))
    await run_jobs()
    found = await balance(part.storefront_id)
    assert (found.waiting, found.available, found.on_the_way, found.transferred) == (0, 0, 95_000, 95_000)
    assert await make.differences() == []


async def test_a_change_is_told_once_and_the_same_state_again_not_at_all(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = uuid7()
    await sandbox.do("reset")
    monkeypatch.setitem(events.HEARERS, SellerAccountChanged, ["payouts.on_account_changed"])
    await open_link(shop)  # the account is new: its first state is a change
    for _ in range(3):
        await service.read_account(shop)
    account = (await account_of(shop)).provider_account
    await sandbox.do("onboard", str(account))
    for _ in range(3):
        await service.read_account(shop)
    await sandbox.do("require", str(account), payouts_enabled=False, requirements={"past_due": ["external_account"]})
    for _ in range(3):
        await service.read_account(shop)
    async with unit_of_work() as session:
        rows = await session.scalars(text("SELECT args FROM outbox WHERE job = 'payouts.on_account_changed' ORDER BY id"))
        told = [(row["event"]["standing"], row["event"]["paused"]) for row in rows]
    assert [paused for _, paused in told] == [False, False, True]
    assert len({standing for standing, _ in told}) == 3
    assert told[-1][0] == service.standing_of(await account_of(shop))


async def test_many_who_wait_for_their_form_stand_in_nobodys_way(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    part = await released(sandbox, run_jobs)
    async with unit_of_work() as session:
        assert await stuck.stuck_transfers(session, clock.now() + timedelta(hours=1)) == []
    await sandbox.do("onboard", str((await account_of(part.storefront_id)).provider_account))
    await service.read_account(part.storefront_id)
    async with unit_of_work() as session:
        assert len(await stuck.stuck_transfers(session, clock.now() + timedelta(hours=1))) == 1
    await sweeping.sweep_flows()
    await run_jobs()
    assert (await balance(part.storefront_id)).transferred == 95_000


async def test_what_lies_at_the_provider_is_paid_out_once_a_day(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    part = await released(sandbox, run_jobs)
    await walk(sandbox, part.storefront_id, "onboard")
    await service.read_account(part.storefront_id)
    await run_jobs()
    for _ in range(3):
        await paying_out.sweep_payouts()
        await run_jobs()
    account = str((await account_of(part.storefront_id)).provider_account)
    (payout,) = (await sandbox.call("GET", "payouts", account))["data"]
    assert payout["amount"] == 9_500_000
    found = await balance(part.storefront_id)
    assert (found.on_the_way, found.paid_out) == (95_000, 0)
    await told_paid(sandbox, account, run_jobs)
    found = await balance(part.storefront_id)
    assert (found.on_the_way, found.paid_out) == (0, 95_000)
    assert await make.differences() == []


async def told_paid(sandbox: Sandbox, account: str, run_jobs: RunJobs) -> None:
    """Wait until the bank has it, then hear of it."""
    for _ in range(200):
        (payout,) = (await sandbox.call("GET", "payouts", account))["data"]
        if payout["status"] == PayoutState.PAID:
            break
    await tell_all(await sandbox.events(account))
    await run_jobs()


async def test_a_lost_answer_to_a_payout_makes_no_second_one(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    part = await released(sandbox, run_jobs)
    await walk(sandbox, part.storefront_id, "onboard")
    await service.read_account(part.storefront_id)
    await run_jobs()
    await sandbox.do("misbehave", error_after_work=1)
    await paying_out.sweep_payouts()
    await run_jobs(failing=True)
    await sandbox.do("misbehave")
    await run_jobs(ahead=timedelta(minutes=5), failing=True)
    account = str((await account_of(part.storefront_id)).provider_account)
    assert [one["amount"] for one in (await sandbox.call("GET", "payouts", account))["data"]] == [9_500_000]


async def test_messages_about_connected_accounts_are_signed_by_a_secret_of_their_own(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_platform, whsec_connect")
    get_settings.cache_clear()
    body = json.dumps({"id": "evt_9", "object": "event", "type": "account.updated", "data": {"object": {}}}).encode()

    def signed_by(secret: str) -> dict[str, str]:
        stamp = int(time.time())
        return {"stripe-signature": f"t={stamp},v1={stripe.WebhookSignature._compute_signature(f'{stamp}.{body.decode()}', secret)}"}

    try:
        adapter = StripeAdapter(get_settings())
        for secret in ("whsec_platform", "whsec_connect"):
            assert adapter.parse_webhook(body, signed_by(secret)).id == "evt_9"
        for forged in ("whsec_other", "whsec_platform, whsec_connect", ""):
            with pytest.raises(BadSignature):
                adapter.parse_webhook(body, signed_by(forged))
    finally:
        get_settings.cache_clear()


async def test_the_dashboard_is_open_to_who_has_been_through_the_form(sandbox: Sandbox) -> None:
    shop = uuid7()
    await sandbox.do("reset")
    await open_link(shop)
    with pytest.raises(Refused):
        await service.open_dashboard(shop)
    await walk(sandbox, shop, "onboard")
    shown = await sandbox.http.get(await service.open_dashboard(shop))
    assert (shown.status_code, "Dasbor penjual" in shown.text) == (200, True)


async def test_a_provider_that_is_away_is_no_error_on_the_way_back(database: None) -> None:
    shop = uuid7()
    async with unit_of_work() as session:
        await accounts.keep_account(session, shop, "acct_1")
    await service.read_account(shop, patiently=True)
    assert (await account_of(shop)).checked_at is None


async def test_the_database_lets_no_transfer_be_asked_for_an_unconfirmed_shop(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    part = await released(sandbox, run_jobs)
    async with unit_of_work() as session:
        await session.execute(text(SHOP), {"id": part.storefront_id, "owner": uuid7()})
    with pytest.raises(IntegrityError, match="nobody is paid without a confirmed address"):
        async with unit_of_work() as session:
            await session.execute(text("UPDATE payment_transfers SET requested_at = now()"))
    await walk(sandbox, part.storefront_id, "onboard")
    await service.read_account(part.storefront_id)
    await run_jobs()
    assert (await sandbox.call("GET", "transfers"))["data"] == []
    assert (await balance(part.storefront_id)).waiting == 95_000
