"""Whatever the order, number or loss of the provider's messages: the same books."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import clock
from common.db import unit_of_work
from common.payments import service
from common.payments.models import DisputeState, IntentState, PayoutState, RefundState
from common.payments.service import sweeping
from tests.common.payments import make
from tests.common.payments.conftest import Sandbox
from tests.common.payments.histories import HISTORIES, History, Life, as_it_comes, in_order, present, tell
from tests.common.payments.test_provider import paid_and_held, tell_all
from tests.conftest import RunJobs


@pytest.mark.timeout(400)  # some thousand transactions, each of them real
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(HISTORIES, st.integers(0, 2**32))
async def test_any_order_repetition_and_loss_ends_in_the_same_books(database: None, history: History, seed: int) -> None:
    assert await as_it_comes(history, random.Random(seed)) == await in_order(history)


async def test_the_fullest_history_ends_in_these_books(database: None) -> None:
    """The property compares two runs; here the amounts stand in full."""
    succeeded = (RefundState.SUCCEEDED,)
    full = History(
        tries=(IntentState.PROCESSING,),
        session=("completed", "async_payment_succeeded"),
        by_other_hands=succeeded,
        disputed=(),
        disputed_after=(DisputeState.WITHDRAWN,),
        disputed_amount=100_000,
        refund_before=succeeded,
        released=True,
        refund_after=succeeded,
        paid_out=(PayoutState.PAID,),
    )
    # 70.000 left after the first refund, commission 4.901 on it; 50.000 after the second, commission 3.501.
    assert await as_it_comes(full, random.Random(1)) == {
        "unplanned:intent": -11_111,
        "disputed:intent": -100_000,
        "seller:shop": 5_000,
        "transferred:shop": 65_099 - 18_600 - 5_000 - 40_000,
        "bank:shop": 40_000,
    }
    assert await make.differences() == []


async def test_all_facts_at_once_are_joined_one_after_the_other(database: None) -> None:
    history = History(
        tries=(IntentState.PROCESSING,),
        session=("completed",),
        by_other_hands=(RefundState.SUCCEEDED, RefundState.FAILED),
        disputed=(DisputeState.WITHDRAWN,),
        disputed_after=(),
        disputed_amount=100_000,
        refund_before=(),
        released=False,
        refund_after=(),
        paid_out=(),
    )
    life = await Life.begin(history)
    facts = life.first_facts()
    await asyncio.gather(*(tell([fact], too_early=True) for fact in facts * 4))
    await tell(present(facts))  # a dispute that overtook all word of its payment is looked at later
    assert await life.books() == {"arrived:intent": 100_000, "disputed:intent": -100_000}
    assert await make.differences() == []


@pytest.mark.parametrize("seed", range(6))
async def test_a_day_at_the_real_provider_ends_in_the_same_books_however_its_messages_come(
    sandbox: Sandbox, run_jobs: RunJobs, seed: int
) -> None:
    """A release, a reversal and a refund by other hands, a part lost to a bank: shuffled, doubled, a tenth missing, then the sweep."""
    chance = random.Random(seed)
    intent, part = await paid_and_held(sandbox, run_jobs)
    async with unit_of_work() as session:
        await service.release(session, order_id=part.order_id)
    await run_jobs()
    (transfer,) = (await sandbox.call("GET", "transfers"))["data"]
    await sandbox.call("POST", f"transfers/{transfer['id']}/reversals", amount="500000")
    await sandbox.call("POST", "refunds", payment_intent=payment_of(await sandbox.call("GET", "charges")), amount="1000000")
    await sandbox.do("dispute", str(intent.provider_ref), amount=4_000_000)
    (dispute,) = (await sandbox.call("GET", "disputes"))["data"]
    await sandbox.call("POST", f"disputes/{dispute['id']}/close")
    for _ in range(2):
        told = [event for event in await sandbox.events() for _ in range(chance.choice((1, 2)))]
        chance.shuffle(told)
        await tell_all([event for event in told if chance.random() > 0.1])
        await run_jobs()
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        await sweeping.sweep_flows()
        await sweeping.read_missed()
        await run_jobs()
        await sweeping.sweep_flows()
        await run_jobs()
    # Of the 40.000 that were lost the platform gives 2.000 of its commission, the seller's account 38.000.
    assert await make.pots() == {
        "outside:payers": -50_000, f"unplanned:{intent.id}": -10_000, "commission:platform": 3_000, f"seller:{part.storefront_id}": 5_000,
        f"transferred:{part.storefront_id}": 52_000,
    }  # fmt: skip
    assert await make.differences() == []


def payment_of(charges: dict[str, Any]) -> str:
    return str(charges["data"][0]["payment_intent"])
