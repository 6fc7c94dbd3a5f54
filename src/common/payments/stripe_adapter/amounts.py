"""Stripe counts rupiah in two decimals: Rp 1 is 100 (docs.stripe.com/currencies: IDR is not among the zero-decimal currencies)."""

CURRENCY = "idr"
EXPONENT = 2
UNIT: int = 10**EXPONENT


def to_stripe(rupiah: int) -> int:
    return rupiah * UNIT


def from_stripe(amount: int) -> int:
    """Whole rupiah. ValueError for sen: we never ask for them, so somebody must look."""
    rupiah, sen = divmod(amount, UNIT)
    if sen:
        raise ValueError(f"{amount} {CURRENCY} is no whole rupiah")
    return rupiah
