"""Our rows and the provider's lists: whatever one side knows otherwise is named, and what is under way is not."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from common import clock
from common.actor import Role
from common.db import unit_of_work
from common.payments import gauges, queries, service
from common.payments.service import checking
from common.payments.service.comparing import ProviderMismatch
from tests.common.identity import make as people
from tests.common.payments import make
from tests.common.payments.conftest import Sandbox
from tests.common.payments.test_provider import paid_and_held, reread, tell_all
from tests.conftest import RunJobs

LATER = timedelta(minutes=11)


async def differences(after: timedelta = LATER) -> list[ProviderMismatch]:
    with clock.frozen(clock.now() + after):
        return (await service.compare_with_provider(pause=0)).found


async def a_busy_day(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    """Released, transferred, refunded with a reversal; another one disputed and lost; a third one paid and waiting."""
    _, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    async with unit_of_work() as session:
        await service.refund(session, order_id=part.order_id, amount=40_000, reason="rusak")
    await run_jobs()
    disputed, _ = await paid_and_held(sandbox, run_jobs)
    await sandbox.do("dispute", str(disputed.provider_ref))
    (dispute,) = (await sandbox.call("GET", "disputes"))["data"]
    await sandbox.call("POST", f"disputes/{dispute['id']}/close")
    await paid_and_held(sandbox, run_jobs, 25_000)
    await tell_all(await sandbox.events())
    await run_jobs()


async def test_after_a_busy_day_nothing_differs(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    await a_busy_day(sandbox, run_jobs)
    with clock.frozen(clock.now() + LATER):
        compared = await service.compare_with_provider(pause=0)
    assert compared.found == []
    # 3 intents, 1 refund, 1 transfer, 1 dispute; 3 charges, 1 refund, 1 transfer, 1 reversal and 1 withdrawal in the balance
    assert compared.compared == 6 + 7


async def test_lists_are_walked_to_their_end(sandbox: Sandbox, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.payments.stripe_adapter.adapter.PAGE", 2)
    await a_busy_day(sandbox, run_jobs)
    with clock.frozen(clock.now() + LATER):
        assert (await service.compare_with_provider(pause=0)).compared == 13


async def test_what_the_provider_has_and_nobody_told_us_is_named(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    first, _ = await paid_and_held(sandbox, run_jobs)
    second, _ = await paid_and_held(sandbox, run_jobs)
    refund = await sandbox.call("POST", "refunds", payment_intent=str((await reread(first.id)).payment_ref), amount="1000000")
    await sandbox.do("dispute", str(second.provider_ref))
    (dispute,) = (await sandbox.call("GET", "disputes"))["data"]
    assert await differences() == [
        ProviderMismatch("dispute", dispute["id"], "-", "withdrawn 100000"),
        ProviderMismatch("movement", dispute["id"], "-", "-100000"),
        ProviderMismatch("movement", refund["id"], "-", "-10000"),
        ProviderMismatch("refund", refund["id"], "-", "succeeded 10000"),
    ]
    await tell_all(await sandbox.events())
    await run_jobs()
    assert await differences() == []


async def test_what_we_say_and_the_provider_has_not_is_named(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
        never = await make.paid(session)
        await session.execute(text("UPDATE payment_intents SET started_at = created_at WHERE id = :id"), {"id": never.id})
    await run_jobs()
    async with unit_of_work() as session:
        transfer = await queries.transfer_of(session, part.order_id)
        assert transfer is not None
        await session.execute(text("UPDATE payment_transfers SET amount = 90000"))
    (charge,) = (await sandbox.call("GET", "charges"))["data"]
    async with unit_of_work() as session:
        await session.execute(text("UPDATE payment_intents SET amount = 99999 WHERE id = :id"), {"id": intent.id})
    ref = (await reread(intent.id)).payment_ref
    assert set(await differences()) == {
        ProviderMismatch("intent", str(ref), "succeeded 99999", "succeeded 100000"),
        ProviderMismatch("intent", str(never.id), "succeeded 100000", "-"),
        ProviderMismatch("movement", charge["id"], "99999", "100000"),
        ProviderMismatch("movement", str(transfer.provider_ref), "-90000", "-95000"),
        ProviderMismatch("transfer", str(transfer.provider_ref), "sent 90000", "sent 95000"),
    }


async def test_what_is_minutes_old_is_under_way(sandbox: Sandbox, run_jobs: RunJobs) -> None:
    intent, _ = await paid_and_held(sandbox, run_jobs)
    await sandbox.do("dispute", str(intent.provider_ref))
    assert await differences(timedelta(minutes=9)) == []
    assert len(await differences()) == 2


async def test_once_a_day_the_comparison_runs_and_a_difference_alarms_the_operators(
    sandbox: Sandbox, run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    async with unit_of_work() as session:
        operator = await people.holder(session, Role.OPERATOR)
        await people.enter(session, client, operator)
    intent, _ = await paid_and_held(sandbox, run_jobs)
    with clock.frozen(clock.now() + LATER):
        await checking.do_wanted_check(pause=0)
        await checking.do_wanted_check(pause=0)
    await sandbox.do("dispute", str(intent.provider_ref))
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=12)):
        await checking.do_wanted_check(pause=0)
        await checking.do_wanted_check(pause=0)
    async with unit_of_work() as session:
        rows = list(await session.scalars(text("SELECT differences FROM payment_provider_checks ORDER BY wanted_at")))
        told = list(await session.scalars(text("SELECT text FROM notification WHERE kind = 'payment.alarm'")))
    assert rows == [0, 2]
    assert told == ["Catatan kami dan penyedia pembayaran berbeda pada %(n)s hal. Periksa segera."]


async def test_operators_want_a_comparison_and_read_it_page_by_page_and_by_program(
    sandbox: Sandbox, run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    async with unit_of_work() as session:
        operator = await people.holder(session, Role.OPERATOR)
        headers = await people.bearer(session, operator, "ledger:read", "ledger:write")
    intent, _ = await paid_and_held(sandbox, run_jobs)
    await sandbox.do("dispute", str(intent.provider_ref))
    for _ in range(3):
        assert (await client.post("/api/v1/ledger/provider-checks", headers=headers)).status_code == 202
    with clock.frozen(clock.now() + LATER):
        await checking.do_wanted_check(pause=0)
    (check,) = (await client.get("/api/v1/ledger/provider-checks", headers=headers)).json()["items"]
    assert (check["state"], check["differences"], check["compared"]) == ("done", 2, 4)
    url = f"/api/v1/ledger/provider-checks/{check['id']}/differences"
    first = (await client.get(url, params={"limit": 1}, headers=headers)).json()
    second = (await client.get(url, params={"limit": 1, "cursor": first["next"]}, headers=headers)).json()
    assert [(one["kind"], one["ours"], one["theirs"]) for one in (*first["items"], *second["items"])] == [
        ("dispute", "-", "withdrawn 100000"), ("movement", "-", "-100000"),
    ]  # fmt: skip
    assert second["next"] is None
    async with unit_of_work() as session:
        await people.enter(session, client, operator)
    page = (await client.get(f"/operator/penyedia/{check['id']}")).text
    assert "withdrawn 100000" in page
    assert "2 selisih" in (await client.get("/operator/penyedia")).text
    await gauges.books()
    metrics = (await client.get("/metrics")).text
    assert "marvec_provider_differences 2.0" in metrics


async def test_disputes_and_their_evidence_are_read_and_answered_by_program(
    sandbox: Sandbox, run_jobs: RunJobs, client: httpx.AsyncClient
) -> None:
    async with unit_of_work() as session:
        headers = await people.bearer(session, await people.holder(session, Role.OPERATOR), "ledger:read", "ledger:write")
    intent, _ = await paid_and_held(sandbox, run_jobs)
    await sandbox.do("dispute", str(intent.provider_ref), amount=2_500_000)
    await tell_all(await sandbox.events())
    await run_jobs()
    (dispute,) = (await client.get("/api/v1/bank-disputes", headers=headers)).json()["items"]
    assert (dispute["state"], dispute["amount"], dispute["reason"], dispute["unborne"]) == ("withdrawn", 25_000, "fraudulent", 0)
    here = f"/api/v1/bank-disputes/{dispute['id']}"
    said = await client.post(f"{here}/evidence", json={"words": "Barang diterima."}, headers=headers)
    assert (said.status_code, said.json()["side"]) == (201, "petugas")
    assert (await client.post(f"{here}/submission", json={"confirmed": False}, headers=headers)).status_code == 422
    assert (await client.post(f"{here}/submission", json={"confirmed": True}, headers=headers)).status_code == 204
    assert (await client.get(here, headers=headers)).json()["evidence_sent_at"] is not None
    assert [one["words"] for one in (await client.get(f"{here}/evidence", headers=headers)).json()] == ["Barang diterima."]
