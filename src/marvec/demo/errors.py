"""What ends the demonstration early."""


class Off(Exception):
    """Something is not as it must be; the text says what was expected and what came."""


def check(so: bool, otherwise: str) -> None:
    """Raise `Off` unless it is so."""
    if not so:
        raise Off(otherwise)


def same(got: object, wanted: object, what: str) -> None:
    """Raise `Off` unless both are equal."""
    check(got == wanted, f"{what}: expected {wanted!r}, got {got!r}")
