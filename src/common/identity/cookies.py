"""The session's cookie: HttpOnly, SameSite=Lax, Secure wherever the site is https."""

from litestar.datastructures import Cookie

from common.settings import get_settings

SESSION_COOKIE = "marvec_session"
THIRTY_DAYS = 30 * 86400


def session_cookie(token: str) -> Cookie:
    return _cookie(token, THIRTY_DAYS)


def no_session() -> Cookie:
    """Makes the browser forget."""
    return _cookie("", 0)


def _cookie(value: str, max_age: int) -> Cookie:
    secure = get_settings().base_url.startswith("https://")
    return Cookie(key=SESSION_COOKIE, value=value, max_age=max_age, path="/", httponly=True, samesite="lax", secure=secure)
