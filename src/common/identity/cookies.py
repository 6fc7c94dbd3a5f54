"""The cookies of identity: the session's, and the one by which an account knows a browser again."""

from litestar.datastructures import Cookie

from common.web.cookies import own_cookie
from common.web.csrf import SESSION_COOKIE

__all__ = ["DEVICE_COOKIE", "SESSION_COOKIE", "device_cookie", "no_session", "session_cookie"]
DEVICE_COOKIE = "marvec_device"
THIRTY_DAYS = 30 * 86400
YEAR = 365 * 86400


def session_cookie(token: str) -> Cookie:
    return own_cookie(SESSION_COOKIE, token, THIRTY_DAYS)


def no_session() -> Cookie:
    """Makes the browser forget."""
    return own_cookie(SESSION_COOKIE, "", 0)


def device_cookie(value: str) -> Cookie:
    return own_cookie(DEVICE_COOKIE, value, YEAR)
