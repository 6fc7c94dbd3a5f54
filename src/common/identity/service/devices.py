"""Known devices: a browser that an account has signed in with before keeps a signed cookie of that, and its tries are counted apart, so
that a stranger's guesses shut the stranger out and not the owner. The cookie opens nothing by itself.

Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

import hmac
import secrets
from collections.abc import Iterable
from uuid import UUID

from common.sealing import keyed_hash
from common.settings import get_settings

MOST = 5
"""Accounts that one browser is known to: a family's telephone."""
DIGITS = 32


def remembered(cookie: str, person_id: UUID) -> str:
    """The cookie's next value: the browser's number, and a mark for each account that has signed in there, this one first."""
    number, *marks = cookie.split(".") if _is_sane(cookie) else [secrets.token_hex(12)]
    mine = _mark(number, person_id)
    return ".".join([number, mine, *[mark for mark in marks if mark != mine][: MOST - 1]])


def known(cookie: str, people: Iterable[UUID]) -> str:
    """The browser's number when one of these people has signed in there before; else empty."""
    number, *marks = cookie.split(".") if _is_sane(cookie) else [""]
    fits = any(hmac.compare_digest(_mark(number, person_id), mark) for person_id in people for mark in marks)
    return number if fits else ""


def _is_sane(cookie: str) -> bool:
    parts = cookie.split(".")
    return len(cookie) < 300 and cookie.isascii() and 1 < len(parts) <= MOST + 1 and all(parts)


def _mark(number: str, person_id: UUID) -> str:
    return keyed_hash(get_settings().secret_key.get_secret_value(), f"{number}:{person_id}", purpose="device").hex()[:DIGITS]
