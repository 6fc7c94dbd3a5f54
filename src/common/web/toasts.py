"""A sentence shown once on the next page ("Tersimpan."), carried by a cookie: nothing is stored for it."""

import base64
import binascii

from litestar import Request
from litestar.datastructures import Cookie
from litestar.types import Scope

from common.web.cookies import is_https

COOKIE = "marvec_toast"
LONGEST = 300
"""Characters: a cookie holds 4 kB and the text is one sentence."""


def cookie(text: str) -> Cookie:
    """The cookie that carries `text` to the next page. It is shown escaped, so a forged one can say little more than its owner typed."""
    packed = base64.urlsafe_b64encode(text[:LONGEST].encode()).decode()
    return Cookie(key=COOKIE, value=packed, max_age=60, path="/", httponly=True, samesite="lax", secure=is_https())


def take(request: Request) -> str | None:  # type: ignore[type-arg]  # any user, auth and state
    """The waiting sentence, if any; the answer then drops the cookie (the middleware asks `spent`)."""
    packed = request.cookies.get(COOKIE)
    if not packed or request.headers.get("sec-fetch-mode", "navigate") != "navigate":  # a script's fetch shows nobody anything
        return None
    request.scope["state"]["toast_shown"] = True
    try:
        return base64.urlsafe_b64decode(packed).decode()[:LONGEST]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def spent(scope: Scope) -> bool:
    return bool(scope["state"].get("toast_shown"))
