"""Stripe's errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from common.payments.errors import Declined, ProviderAway, Refused

LATER = (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError)


@contextmanager
def our_words() -> Iterator[None]:
    """Within the block an error of Stripe's is raised as ProviderAway (the call may be made again), Declined or Refused."""
    try:
        yield
    except stripe.CardError as error:
        raise Declined from error
    except LATER as error:
        raise ProviderAway from error
    except stripe.StripeError as error:
        raise _sorted(error) from error


def _sorted(error: stripe.StripeError) -> ProviderAway | Refused:
    """409 is a key in use, 5xx their trouble; 401 and 403 ours, and both pass once somebody has mended them."""
    status = error.http_status or 500
    if status >= 500 or status in (401, 403, 409, 429):
        return ProviderAway()
    return Refused(error.code or type(error).__name__)
