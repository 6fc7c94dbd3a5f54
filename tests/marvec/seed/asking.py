"""The house under other settings, for as long as a block lasts; and the demonstration's small city: `python -m ... run` starts one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from common.settings import Settings
from marvec.cli import main
from marvec.seed import desk, people, shops, talks, trade

SHOPS, GOODS_EACH, ORDERS = 16, 4, 31


def make_small(put: Callable[[object, str, object], None] = setattr) -> None:
    """Fewer of everything, all of every kind."""
    for module, name, value in (
        (people, "SHOPS", SHOPS), (people, "BUYERS", 4), (shops, "GOODS_EACH", GOODS_EACH), (trade, "ORDERS", ORDERS), (talks, "ROUNDS", 1),
        (desk, "SPREAD", tuple((code, end, 1) for code, end, _ in desk.SPREAD)), (desk, "OF_THE_MOTHER", (0, 1)),
    ):  # fmt: skip
        put(module, name, value)


@contextmanager
def as_if(settings: Settings, **changed: object) -> Iterator[None]:
    """The settings are frozen against everybody but this."""
    before = {name: getattr(settings, name) for name in changed}
    try:
        settings.__dict__.update(changed)
        yield
    finally:
        settings.__dict__.update(before)


if __name__ == "__main__":
    make_small()
    main()
