"""Which language this request speaks, and who may say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

DEFAULT = "id"
PLAIN = "id-baku"
LOCALES = {DEFAULT: "Indonesia gaya Makassar", PLAIN: "Indonesia baku", "en": "English"}
"""Code -> its own name. The source texts have a little of Makassar's colour (`ki’`, `ta’`); `id-baku` says those few without it."""


class Choice(NamedTuple):
    code: str
    explicit: bool
    """True when the person chose it on this device; their stored setting does not overrule that."""


_SILENT = Choice(DEFAULT, False)
_choice: ContextVar[Choice] = ContextVar("locale", default=_SILENT)


def locale() -> str:
    """The code of the language spoken now: a key of `LOCALES`."""
    return _choice.get().code


def language() -> str:
    """The language proper, as HTML and HTTP name it: `id` or `en`."""
    return locale().partition("-")[0]


def choose(asked: str | None, cookie: str | None, accept_language: str) -> None:
    """Settle the request's language: the link's `?bahasa=`, else the cookie, else the browser's list, where any Indonesian wins."""
    for code in (asked, cookie):
        if code in LOCALES:
            _choice.set(Choice(code, True))
            return
    _choice.set(Choice(_from_browser(accept_language), False))


def prefer(code: str | None) -> None:
    """The signed-in person's own setting; yields to what was chosen on this device."""
    if code in LOCALES and not _choice.get().explicit:
        _choice.set(Choice(code, False))


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak `code` inside the block: letters, notifications and documents in their reader's language. Unknown codes speak the default."""
    token = _choice.set(Choice(code if code in LOCALES else DEFAULT, True))
    try:
        yield
    finally:
        _choice.reset(token)


def _from_browser(accept_language: str) -> str:
    """Phones sold here list `en` first by factory setting; one Indonesian entry anywhere (or none known) means Indonesian."""
    codes = {part.split(";")[0].strip().lower().split("-")[0] for part in accept_language.split(",")}
    if "en" in codes and not codes & {"id", "in", "ms", "jv", "bug", "mak"}:
        return "en"
    return DEFAULT
