"""How our cookies are named and kept: HttpOnly, SameSite=Lax; where the site is https, Secure, and under a name that a browser takes from
this very host only (`__Host-`, RFC 6265bis 4.1.3.2): a neighbour below the same domain cannot put one of ours in.
"""

from litestar.datastructures import Cookie

from common.settings import get_settings


def is_https() -> bool:
    return get_settings().base_url.startswith("https://")


def name_of(plain: str) -> str:
    """The name under which a cookie goes over the wire."""
    return f"__Host-{plain}" if is_https() else plain


def own_cookie(plain: str, value: str, max_age: int) -> Cookie:
    return Cookie(key=name_of(plain), value=value, max_age=max_age, path="/", httponly=True, samesite="lax", secure=is_https())
