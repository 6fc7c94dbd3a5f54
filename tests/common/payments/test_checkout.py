"""The ends of a Checkout Session as the market meets them: expiry, a bank that answers late, a success that only the session tells."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from common import clock
from common.db import unit_of_work
from common.payments import queries, service
from common.payments.models import IntentState
from common.payments.service import sweeping
from tests.common.payments import make
from tests.common.payments.conftest import Sandbox
from tests.common.payments.test_provider import opened_and_started, reread, session_of, tell_all
from tests.conftest import RunJobs


async def test_closing_a_payment_expires_its_session_and_cancels_a_try_under_way(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref), number="4000000000003220")
    async with unit_of_work() as session:
        await service.cancel_intent(session, intent.id)
    await run_jobs()
    assert (await reread(intent.id)).state == IntentState.CLOSED
    found = await session_of(sandbox, intent)
    assert (found["status"], (await sandbox.call("GET", f"payment_intents/{found['payment_intent']}"))["status"]) == ("expired", "canceled")
    assert (await sandbox.pay(str(intent.provider_ref))).status_code == 400


async def test_the_session_alone_tells_of_a_success_with_its_charge(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref))
    await tell_all([event for event in await sandbox.events() if event["type"] == "checkout.session.completed"])
    await run_jobs()
    intent = await reread(intent.id)
    paid = await sandbox.call("GET", f"payment_intents/{intent.payment_ref}")
    assert (intent.state, intent.charge_ref) == (IntentState.SUCCEEDED, paid["latest_charge"])
    assert await make.pots() == {"outside:payers": -100_000, f"arrived:{intent.id}": 100_000}


@pytest.mark.parametrize(("failing", "end"), [(0, IntentState.SUCCEEDED), (1, IntentState.CLOSED)])
async def test_a_bank_that_answers_late_ends_the_payment_whatever_is_told(
    sandbox: Sandbox, run_jobs: RunJobs, failing: int, end: IntentState
) -> None:
    await sandbox.do("misbehave", delayed=1, delayed_seconds=2, delayed_failure=failing)
    intent = await opened_and_started()
    await sandbox.pay(str(intent.provider_ref), method="qris")
    await service.look_again(intent.id)
    assert (await reread(intent.id)).state == IntentState.PROCESSING
    for _ in range(600):
        if "checkout.session.async_payment" in " ".join(event["type"] for event in await sandbox.events()):
            break
        await asyncio.sleep(0.05)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        await sweeping.sweep_intents()
        await run_jobs()
    assert (await reread(intent.id)).state == end
    await tell_all((await sandbox.events())[::-1])
    await run_jobs()
    assert (await reread(intent.id)).state == end
    assert await make.pots() == ({} if failing else {"outside:payers": -100_000, f"arrived:{intent.id}": 100_000})


async def test_a_session_whose_time_is_over_closes_the_payment(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent = await opened_and_started()
    assert (await session_of(sandbox, intent))["expires_at"] == int((intent.expires_at + timedelta(minutes=35)).timestamp())
    await sandbox.do("expire", str(intent.provider_ref))
    await tell_all(await sandbox.events())
    await run_jobs()
    assert (await reread(intent.id)).state == IntentState.CLOSED


async def test_who_has_days_to_pay_gets_another_page_when_the_first_is_over(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    """Stripe's session stands for a day at most; what was agreed in an offer may be paid for two weeks."""
    async with unit_of_work() as session:
        opened = await make.opened(session, minutes=3 * 24 * 60)
    first = await service.start(opened.id, "http://testserver/kembali")
    intent = await reread(opened.id)
    assert (
        timedelta(hours=22)
        < datetime.fromtimestamp((await session_of(sandbox, intent))["expires_at"], UTC) - clock.now()
        <= timedelta(hours=24)
    )
    await sandbox.do("expire", str(intent.provider_ref))
    await tell_all(await sandbox.events())
    await run_jobs()
    assert (await reread(opened.id)).state == IntentState.STARTED
    second = await service.start(opened.id, "http://testserver/kembali")
    assert second.url != first.url
    assert (await service.start(opened.id, "http://testserver/kembali")).url == second.url
    await tell_all(await sandbox.events())
    await run_jobs()
    again = await reread(opened.id)
    assert (again.state, again.provider_ref != intent.provider_ref) == (IntentState.STARTED, True)
    await sandbox.pay(str(again.provider_ref))
    await tell_all(await sandbox.events())
    await run_jobs()
    assert (await reread(opened.id)).state == IntentState.SUCCEEDED
    assert await make.pots() == {"outside:payers": -100_000, f"arrived:{opened.id}": 100_000}


async def test_a_page_that_ended_unheard_is_not_shown_again(sandbox: Sandbox) -> None:
    async with unit_of_work() as session:
        opened = await make.opened(session, minutes=3 * 24 * 60)
    first = await service.start(opened.id, "http://testserver/kembali")
    async with unit_of_work() as session:
        intent = await queries.for_update(session, opened.id)
        intent.client_action = {**(intent.client_action or {}), "until": (clock.now() + timedelta(seconds=30)).isoformat()}
    assert (await service.start(opened.id, "http://testserver/kembali")).url != first.url


async def test_a_payment_of_days_ends_with_its_time_all_the_same(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    async with unit_of_work() as session:
        opened = await make.opened(session, minutes=3 * 24 * 60)
    await service.start(opened.id, "http://testserver/kembali")
    await sandbox.do("expire", str((await reread(opened.id)).provider_ref))
    await tell_all(await sandbox.events())
    await run_jobs()
    with clock.frozen(clock.now() + timedelta(days=3, minutes=1)):
        await sweeping.sweep_intents()
        await run_jobs()
    assert (await reread(opened.id)).state == IntentState.CLOSED
