"""Money is whole rupiah in an int. Shares of it are counted in basis points (1/10,000)."""

from decimal import ROUND_HALF_UP, Decimal

LARGEST = 10_000_000_000  # Rp 10 milyar: above any order or fee here, far below what a bigint holds


def rupiah(amount: int) -> str:
    """`25000` as people write it: `Rp25.000`; a debt as `-Rp25.000`."""
    return f"{'-' if amount < 0 else ''}Rp{abs(amount):,}".replace(",", ".")


def share(amount: int, basis_points: int) -> int:
    """`basis_points`/10,000 of `amount`, rounded half up to a whole rupiah."""
    return int((Decimal(amount) * basis_points / 10_000).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_number(text: str) -> bool:
    """Whether a person typed a whole number that `int` reads: digits 0 to 9 alone. `str.isdigit` also takes ², which `int` refuses, and the
    digits of other scripts, which compare unequal to ours."""
    return text.isascii() and text.isdigit()
