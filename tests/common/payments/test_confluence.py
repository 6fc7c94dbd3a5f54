"""Whatever the order, number or loss of the provider's messages: the same books."""

import asyncio
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.payments.models import DisputeState, IntentState, PayoutState, RefundState
from tests.common.payments import make
from tests.common.payments.histories import HISTORIES, History, Life, as_it_comes, in_order, present, tell


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
