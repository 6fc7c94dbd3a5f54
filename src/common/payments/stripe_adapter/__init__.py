"""Stripe behind our port: `adapter` calls it (pay pages: `checkout`), `reading` translates what it says.

`amounts` knows its decimals, `refusals` its errors.
"""

from common.payments.stripe_adapter.adapter import StripeAdapter

__all__ = ["StripeAdapter"]
