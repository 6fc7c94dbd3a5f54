"""Rupiah are whole here and in hundredths at Stripe; nothing may be off by a hundred on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.ids import uuid7
from common.money import LARGEST
from common.payments.models import PaymentPart
from common.payments.postings import commission_on
from common.payments.stripe_adapter import reading
from common.payments.stripe_adapter.amounts import from_stripe, to_stripe


@given(st.integers(0, LARGEST))
def test_an_amount_comes_back_as_it_went(rupiah: int) -> None:
    assert from_stripe(to_stripe(rupiah)) == rupiah


@given(st.integers(0, LARGEST * 100))
def test_sen_are_an_error_and_never_rounded(sen: int) -> None:
    if sen % 100:
        with pytest.raises(ValueError, match="no whole rupiah"):
            from_stripe(sen)
    else:
        assert from_stripe(sen) * 100 == sen


@given(st.integers(1, LARGEST))
def test_what_is_read_of_an_intent_is_what_was_asked(rupiah: int) -> None:
    doc = {"id": "pi_1", "status": "succeeded", "amount": to_stripe(rupiah), "amount_received": to_stripe(rupiah), "metadata": {}}
    assert reading.intent(doc).amount == rupiah


@settings(deadline=None)  # two shared cores
@given(st.integers(1, LARGEST), st.data())
def test_the_commission_never_exceeds_what_is_left_and_falls_with_it(amount: int, data: st.DataObject) -> None:
    commission = data.draw(st.integers(0, amount))
    part = PaymentPart(order_id=uuid7(), intent_id=uuid7(), storefront_id=uuid7(), amount=amount, commission=commission)
    less, more = sorted(data.draw(st.tuples(st.integers(0, amount), st.integers(0, amount))))
    assert 0 <= commission_on(part, less) <= commission_on(part, more) <= commission
    assert commission_on(part, less) <= less
    assert commission_on(part, amount) == commission
