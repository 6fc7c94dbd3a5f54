"""Cross-site request forgery: a signed double-submit token and the browser's own word on where a request comes from.

The token is a keyed hash of the session cookie (or, before sign-in, of a random cookie), so it cannot be made without the server's key
nor carried over to another session, and it is masked anew in every answer, so that compression tells nothing (BREACH).
Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet (signed double submit, Fetch Metadata).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from common.errors import Forbidden
from common.i18n import N_
from common.settings import get_settings
from common.web.cookies import name_of

SESSION_COOKIE = "marvec_session"
SEED_COOKIE = "marvec_csrf"
FIELD = "_csrf"
HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOKEN_PATHS = ("/api/", "/berkas/")
"""Where a bearer token counts instead of the cookie; on pages the cookie does, whatever else is sent."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
DIGEST = 32


class Forged(Forbidden):
    """The request was not sent from a page of ours that belongs to this session."""

    code = "csrf"
    message = N_("Halaman ini sudah kedaluwarsa. Muat ulang halamannya, lalu coba sekali lagi.")


async def check(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuses a forged unsafe request with `Forged` (403).

    Exempt: safe methods; bearer tokens (a foreign page cannot attach one); handlers with `opt={"csrf_exempt": True}` (webhooks);
    API calls without a session cookie, as they carry nobody's authority. Where the browser says the origin, it must be ours.
    """
    scope = connection.scope
    if not isinstance(connection, Request) or connection.method in SAFE or handler.opt.get("csrf_exempt"):
        return
    if scope["path"].startswith(TOKEN_PATHS) and connection.headers.get("authorization", "").lower().startswith("bearer "):
        return
    if _from_elsewhere(connection):
        raise Forged
    if scope["path"].startswith("/api/") and name_of(SESSION_COOKIE) not in connection.cookies:
        return
    if not valid(scope, await _sent_token(connection)):
        raise Forged


def token(scope: Scope) -> str:
    """A fresh mask of this session's token. Without any cookie to bind to, a seed is made; the middleware sets it as a cookie."""
    seed = seed_of(scope)
    if not seed:
        seed = scope["state"]["csrf_new_seed"] = scope["state"].get("csrf_new_seed") or secrets.token_urlsafe(24)
    return token_for(seed)


def token_for(seed: str) -> str:
    """A token of the session (or seed) that has this cookie."""
    mask = secrets.token_bytes(DIGEST)
    return base64.urlsafe_b64encode(mask + _xor(mask, _digest(seed))).decode()


def valid(scope: Scope, sent: str) -> bool:
    """Whether `sent` is a token of this request's session."""
    seed = seed_of(scope)
    try:
        raw = base64.urlsafe_b64decode(sent.encode("ascii"))
    except (binascii.Error, ValueError):
        return False
    if not seed or len(raw) != 2 * DIGEST:
        return False
    return hmac.compare_digest(_xor(raw[:DIGEST], raw[DIGEST:]), _digest(seed))


def cookies_of(scope: Scope) -> dict[str, str]:
    """The request's cookies as they were sent; ours need no unquoting, and `http.cookies` takes twenty times as long."""
    raw = next((value for name, value in scope["headers"] if name == b"cookie"), b"").decode("latin-1")
    return {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in raw.split(";"))}


def _from_elsewhere(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    if connection.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return True
    origin = connection.headers.get("origin")
    if origin is None:
        return False
    own = {connection.headers.get("host", ""), urlsplit(get_settings().base_url).netloc}
    return urlsplit(origin).netloc not in own


async def _sent_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    if header := connection.headers.get(HEADER):
        return header
    if isinstance(connection, Request) and connection.content_type[0] in FORMS:
        field = (await connection.form()).get(FIELD)
        return field if isinstance(field, str) else ""
    return ""


def seed_of(scope: Scope) -> str:
    """What this browser's forms are bound to: its session, else its seed; empty before its first page."""
    cookies = cookies_of(scope)
    return cookies.get(name_of(SESSION_COOKIE)) or cookies.get(name_of(SEED_COOKIE)) or ""


def _digest(seed: str) -> bytes:
    key = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(key, b"csrf:" + seed.encode(), hashlib.sha256).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
