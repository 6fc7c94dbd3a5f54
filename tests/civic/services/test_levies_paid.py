"""Paying a levy while it is corrected, withdrawn or too late: no rupiah is lost, and no permit leaves unpaid."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from civic.services import queries, service
from civic.services.errors import LevyPaid
from civic.services.models import Application, State
from common import clock
from common.actor import Actor
from common.credentials import queries as credentials
from common.db import unit_of_work
from common.identity import queries as identity
from common.payments import queries as intents
from common.payments import service as payments
from common.payments.errors import PaymentOver
from common.payments.models import Intent, IntentState
from common.payments.provider import close_provider
from common.payments.service import opening, sweeping
from common.settings import get_settings
from tests.civic.services.make import an_officer
from tests.civic.services.test_levies import a_file, decide, finish, put, seen
from tests.common.identity.make import enter
from tests.common.payments.conftest import Sandbox, running
from tests.common.payments.make import differences, pots
from tests.conftest import RunJobs, new_client

pytestmark = pytest.mark.usefixtures("database")
DAY = timedelta(days=1)


async def a_file_that_waits_for_money() -> tuple[Actor, Actor, UUID]:
    citizen, officer, case = await a_file()
    await put(officer, case)
    await finish(officer, case)
    return citizen, officer, case


async def intent_of(case: UUID) -> Intent:
    async with unit_of_work() as session:
        application = await queries.for_update(session, case)
        assert application.fee_intent_id is not None
        return await intents.by_id(session, application.fee_intent_id)


async def arrives(intent_id: UUID) -> None:
    """The money of an intent is here, as the provider told it."""
    async with unit_of_work() as session:
        intent = await intents.for_update(session, intent_id)
        intent.charge_ref = intent.charge_ref or f"ch_{intent.id.hex}"
        await opening.record_succeeded(session, intent)


async def at_the_provider(intent_id: UUID, state: IntentState = IntentState.STARTED) -> None:
    async with unit_of_work() as session:
        intent = await intents.for_update(session, intent_id)
        intent.started_at, intent.provider_ref = clock.now(), f"cs_test_{intent.id.hex}"
        intent.move_to(IntentState.STARTED, by=intent.payer_id)
        if state is IntentState.PROCESSING:
            await session.flush()
            intent.move_to(state, by=None)


async def correct_to(officer: Actor, case: UUID, amount: int) -> Application:
    await put(officer, case, amount, reason="Salah ukur")
    return await decide(an_officer("DPMPTSP"), case)


async def refunds() -> list[tuple[int, str]]:
    async with unit_of_work() as session:
        rows = await session.execute(text("SELECT amount, reason FROM payment_refunds ORDER BY id"))
        return [(amount, reason) for amount, reason in rows.all()]


async def told(citizen: Actor) -> list[str]:
    async with unit_of_work() as session:
        rows = await session.scalars(text("SELECT kind FROM notification WHERE person_id = :id ORDER BY seq"), {"id": citizen.person_id})
        return [row.removeprefix("applications.") for row in rows]


async def test_a_corrected_levy_has_a_new_payment_and_the_old_one_is_closed(run_jobs: RunJobs) -> None:
    citizen, officer, case = await a_file_that_waits_for_money()
    old = await intent_of(case)
    await correct_to(officer, case, 500_000)
    new = await intent_of(case)
    assert (old.amount, new.amount, new.id != old.id) == (270_000, 500_000, True)
    async with unit_of_work() as session:
        assert (await intents.by_id(session, old.id)).state == IntentState.CLOSED
    await run_jobs()
    await arrives(new.id)
    await run_jobs()
    assert (await seen(case)).state == State.ISSUED
    assert (await told(citizen))[-3:] == ["awaiting_payment", "levy_corrected", "issued"]
    assert await pots() == {"outside:payers": -500_000, "office:DPMPTSP": 500_000}


async def test_a_payment_that_the_provider_knows_is_closed_there_first_and_nobody_pays_twice(run_jobs: RunJobs) -> None:
    _citizen, officer, case = await a_file_that_waits_for_money()
    old = await intent_of(case)
    await at_the_provider(old.id)
    await correct_to(officer, case, 500_000)
    assert (await intent_of(case)).id == old.id
    with pytest.raises(PaymentOver):
        await payments.start(old.id, "http://testserver/kembali")
    async with unit_of_work() as session:
        await opening.record_closed(session, await intents.for_update(session, old.id), "closed at the provider")
    await run_jobs(failing=True)  # the provider is away in this test: who wants to close asks again and again
    new = await intent_of(case)
    assert (new.amount, new.state) == (500_000, IntentState.CREATED)


async def test_the_old_sum_paid_all_the_same_comes_back_in_full_and_the_new_one_can_be_paid(run_jobs: RunJobs) -> None:
    citizen, officer, case = await a_file_that_waits_for_money()
    old = await intent_of(case)
    await at_the_provider(old.id)
    await correct_to(officer, case, 500_000)
    await arrives(old.id)
    await run_jobs(failing=True)
    new = await intent_of(case)
    assert (await refunds(), new.amount, (await seen(case)).state) == ([(270_000, "levy_corrected")], 500_000, State.AWAITING_PAYMENT)
    assert "levy_given_back" in await told(citizen)
    await arrives(new.id)
    await run_jobs(failing=True)
    assert ((await seen(case)).state, await refunds(), await differences()) == (State.ISSUED, [(270_000, "levy_corrected")], [])


async def test_what_is_paid_is_corrected_no_more_even_before_the_file_knows_of_it(run_jobs: RunJobs) -> None:
    _citizen, officer, case = await a_file_that_waits_for_money()
    await put(officer, case, 500_000, reason="Salah ukur")
    old = await intent_of(case)
    await arrives(old.id)
    for attempt in (put(officer, case, 600_000, reason="Lagi"), decide(an_officer("DPMPTSP"), case)):
        with pytest.raises(LevyPaid):
            await attempt
    await run_jobs()
    assert ((await seen(case)).state, (await seen(case)).fee, await refunds()) == (State.ISSUED, 270_000, [])


async def test_paying_in_the_moment_of_the_correction_ends_in_one_paid_permit_or_in_money_given_back(run_jobs: RunJobs) -> None:
    outcomes = set()
    for number in range(10):
        _citizen, officer, case = await a_file_that_waits_for_money()
        await put(officer, case, 500_000, reason="Salah ukur")
        old = await intent_of(case)
        await at_the_provider(old.id)
        moments = [arrives(old.id), decide(an_officer("DPMPTSP"), case)]
        found: list[Any] = await asyncio.gather(*(moments if number % 2 else moments[::-1]), return_exceptions=True)
        await run_jobs(failing=True)
        application = await seen(case)
        late = [one for one in found if isinstance(one, LevyPaid)]
        assert [one for one in found if isinstance(one, Exception)] == late
        outcomes.add(bool(late))
        assert (application.state, application.fee) == ((State.ISSUED, 270_000) if late else (State.AWAITING_PAYMENT, 500_000))
        async with unit_of_work() as session:
            given_back = await intents.refunds_of(session, old.id)
        assert [one.amount for one in given_back] == ([] if late else [270_000])
    assert outcomes
    assert await differences() == []


async def test_a_correction_to_an_exemption_issues_and_a_late_payment_comes_back(run_jobs: RunJobs) -> None:
    _citizen, officer, case = await a_file_that_waits_for_money()
    old = await intent_of(case)
    await at_the_provider(old.id)
    await put(officer, case, exemption="negara", reason="Ternyata milik negara")
    await decide(an_officer("DPMPTSP"), case)
    assert ((await seen(case)).state, (await seen(case)).exemption) == (State.ISSUED, "negara")
    await arrives(old.id)
    await run_jobs(failing=True)
    assert await refunds() == [(270_000, "application_closed")]


async def test_a_file_that_waits_for_money_is_withdrawn_and_a_late_payment_comes_back(run_jobs: RunJobs) -> None:
    citizen, _officer, case = await a_file_that_waits_for_money()
    old = await intent_of(case)
    await at_the_provider(old.id)
    async with unit_of_work() as session:
        await service.withdraw(session, citizen, case)
    await arrives(old.id)
    await run_jobs(failing=True)
    assert ((await seen(case)).state, await refunds()) == (State.WITHDRAWN, [(270_000, "application_closed")])


async def days_later(days: float) -> None:
    with clock.frozen(clock.now() + timedelta(days=days)):
        await asyncio.gather(*(_pursue() for _ in range(3)))  # in several processes at once


async def _pursue() -> None:
    async with unit_of_work() as session:
        await service.pursue(session)


async def test_who_does_not_pay_is_reminded_on_the_third_and_tenth_day_and_told_on_the_thirtieth(run_jobs: RunJobs) -> None:
    citizen, _officer, case = await a_file_that_waits_for_money()
    history = []
    for days in (2.9, 3.1, 4, 10.1, 29.9, 30.1, 31):
        await days_later(days)
        history.append((await told(citizen))[5:])
    reminder = "fee_reminder"
    assert history == [[], [reminder], [reminder], [reminder] * 2, [reminder] * 2] + [[reminder, reminder, "expired"]] * 2
    application, intent = await seen(case), await intent_of(case)
    assert (application.state, intent.state) == (State.EXPIRED, IntentState.CLOSED)
    async with unit_of_work() as session:
        assert await credentials.of_application(session, case) is None
        said = await session.scalar(
            text("SELECT params ->> 'days' FROM notification WHERE kind = 'applications.fee_reminder' ORDER BY seq")
        )
    assert said == "27"


async def test_a_worker_that_slept_for_a_month_expires_without_old_reminders() -> None:
    citizen, _officer, case = await a_file_that_waits_for_money()
    await days_later(40)
    assert ((await told(citizen))[5:], (await seen(case)).state) == (["expired"], State.EXPIRED)


async def test_a_payment_that_the_bank_works_on_keeps_the_file_open(run_jobs: RunJobs) -> None:
    _citizen, _officer, case = await a_file_that_waits_for_money()
    intent = await intent_of(case)
    await at_the_provider(intent.id, IntentState.PROCESSING)
    await days_later(30.1)
    assert (await seen(case)).state == State.AWAITING_PAYMENT
    await arrives(intent.id)
    await run_jobs(failing=True)
    assert (await seen(case)).state == State.ISSUED


async def test_money_after_the_last_day_comes_back(run_jobs: RunJobs) -> None:
    _citizen, _officer, case = await a_file_that_waits_for_money()
    intent = await intent_of(case)
    await at_the_provider(intent.id)
    await days_later(30.1)
    await arrives(intent.id)
    await run_jobs(failing=True)
    assert ((await seen(case)).state, await refunds()) == (State.EXPIRED, [(270_000, "application_closed")])


async def test_a_correction_gives_the_time_to_pay_anew_and_the_page_says_until_when(app: Litestar) -> None:
    citizen, officer, case = await a_file_that_waits_for_money()
    first = (await seen(case)).fee_due_at
    with clock.frozen(clock.now() + 20 * DAY):
        await correct_to(officer, case, 500_000)
    second = (await seen(case)).fee_due_at
    assert first is not None and second is not None
    assert round((second - first) / DAY) == 20
    own: httpx.AsyncClient = new_client(app)
    async with unit_of_work() as session:
        await enter(session, own, await identity.by_id(session, citizen.person_id))
    page = (await own.get(f"/permohonan/{case}")).text
    assert ("Bayar paling lambat" in page, "Rp500.000" in page, f"/bayar/{(await intent_of(case)).id}" in page) == (True, True, True)
    await at_the_provider((await intent_of(case)).id)
    await correct_to(officer, case, 600_000)
    page = (await own.get(f"/permohonan/{case}")).text
    assert ("Pembayaran yang baru sedang disiapkan" in page, "/bayar/" in page) == (True, False)


@pytest.fixture
async def till(tmp_path_factory: pytest.TempPathFactory, database: None) -> AsyncIterator[Sandbox]:
    """A real sandbox whose payments our own rooms hear of."""
    with running(tmp_path_factory.mktemp("till")) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARVEC_STRIPE_API_BASE", address)
        get_settings.cache_clear()
        async with httpx.AsyncClient(base_url=address, timeout=20) as http:
            yield Sandbox(address, http)
        await close_provider()
    get_settings.cache_clear()


async def test_at_the_providers_own_page_the_old_sum_is_refused_after_the_correction_and_the_new_one_taken(
    till: Sandbox, run_jobs: RunJobs
) -> None:
    _citizen, officer, case = await a_file_that_waits_for_money()
    old = await intent_of(case)
    await payments.start(old.id, "http://testserver/kembali")
    await correct_to(officer, case, 500_000)
    await run_jobs()
    assert (await till.pay(str((await intent_of_id(old.id)).provider_ref))).status_code != 200
    new = await intent_of(case)
    await payments.start(new.id, "http://testserver/kembali")
    assert (await till.pay(str((await intent_of_id(new.id)).provider_ref))).status_code == 200
    await sweeping.read_missed()
    await run_jobs()
    assert ((await seen(case)).state, await pots()) == (State.ISSUED, {"outside:payers": -500_000, "office:DPMPTSP": 500_000})


async def test_at_the_providers_own_page_the_old_sum_paid_before_we_heard_of_it_is_really_given_back(
    till: Sandbox, run_jobs: RunJobs
) -> None:
    _citizen, officer, case = await a_file_that_waits_for_money()
    old = await intent_of(case)
    await payments.start(old.id, "http://testserver/kembali")
    ref = str((await intent_of_id(old.id)).provider_ref)
    assert (await till.pay(ref)).status_code == 200
    await correct_to(officer, case, 500_000)  # nobody has told us yet
    await run_jobs()
    await sweeping.read_missed()
    await run_jobs()
    taken = (await till.call("GET", "payment_intents"))["data"]
    back = (await till.call("GET", "refunds"))["data"]
    assert ([one["amount"] for one in taken], [(one["amount"], one["status"]) for one in back]) == (
        [27_000_000],
        [(27_000_000, "succeeded")],
    )
    assert ((await intent_of(case)).amount, (await seen(case)).state, await differences()) == (500_000, State.AWAITING_PAYMENT, [])


async def intent_of_id(intent_id: UUID) -> Intent:
    async with unit_of_work() as session:
        return await intents.by_id(session, intent_id)
