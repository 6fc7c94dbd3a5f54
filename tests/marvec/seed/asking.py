"""The house under other settings, for as long as a block lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.settings import Settings


@contextmanager
def as_if(settings: Settings, **changed: object) -> Iterator[None]:
    """The settings are frozen against everybody but this."""
    before = {name: getattr(settings, name) for name in changed}
    try:
        settings.__dict__.update(changed)
        yield
    finally:
        settings.__dict__.update(before)
